import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** A supergraph to compare on. */
export interface CatalogueEntry {
  name: string;
  /** @throws Error when the subgraphs do not compose */
  supergraph(): string;
}

const own = new URL('../supergraphs/', import.meta.url);
const graph = new URL('../../../schema/supergraph.graphql', import.meta.url);

/** The small supergraphs, each for one feature of federation, and the one of the project. */
export function catalogue(): CatalogueEntry[] {
  const small = readdirSync(own).map((name) => ({ name, supergraph: () => composed(new URL(`${name}/`, own)) }));
  return [...small, { name: 'marquee', supergraph: () => readFileSync(graph, 'utf8') }];
}

function composed(folder: URL): string {
  const services = readdirSync(folder).map((file) => ({
    name: file.replace(/\.graphql$/, ''),
    url: `http://${file}`,
    typeDefs: parse(readFileSync(new URL(file, folder), 'utf8')),
  }));
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) throw new Error(`${fileURLToPath(folder)}: ${errors.map(({ message }) => message).join('\n')}`);
  return supergraphSdl;
}
