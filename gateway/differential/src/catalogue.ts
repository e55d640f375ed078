import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

export interface CatalogueEntry {
  name: string;
  /** The SDL of the supergraph. @throws Error when the subgraphs do not compose */
  supergraph(): string;
}

const folder = new URL('../supergraphs/', import.meta.url);
const projectSupergraph = new URL('../../../schema/supergraph.graphql', import.meta.url);

/** The small supergraphs, one for each feature of federation, and that of the project. */
export function loadCatalogue(): CatalogueEntry[] {
  const small = readdirSync(folder).map((name) => ({ name, supergraph: () => compose(new URL(`${name}/`, folder)) }));
  return [...small, { name: 'marquee', supergraph: () => readFileSync(projectSupergraph, 'utf8') }];
}

function compose(subgraphs: URL): string {
  const services = readdirSync(subgraphs).map((file) => ({
    name: file.replace(/\.graphql$/, ''),
    url: `http://${file}`,
    typeDefs: parse(readFileSync(new URL(file, subgraphs), 'utf8')),
  }));
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) throw new Error(`${fileURLToPath(subgraphs)}: ${errors.map(({ message }) => message).join('\n')}`);
  return supergraphSdl;
}
