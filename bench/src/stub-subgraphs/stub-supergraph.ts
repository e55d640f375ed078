import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { subgraphSdl } from './stub-schema.js';

/** Composes the supergraph of the stub subgraphs at the given addresses. */
export function composeSupergraph(services: Readonly<Record<string, string>>): string {
  const definitions = Object.entries(subgraphSdl).map(([name, text]) => ({
    name,
    url: services[name] ?? '',
    typeDefs: parse(text),
  }));
  const composed = composeServices(definitions);
  if (composed.errors) throw new Error(composed.errors.map(String).join('\n'));
  return composed.supergraphSdl;
}
