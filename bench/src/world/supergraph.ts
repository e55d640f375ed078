import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { sdl } from './sdl.js';

/** The supergraph of the measured services at these addresses. */
export function supergraphOf(services: Readonly<Record<string, string>>): string {
  const definitions = Object.entries(sdl).map(([name, text]) => ({
    name,
    url: services[name] ?? '',
    typeDefs: parse(text),
  }));
  const composed = composeServices(definitions);
  if (composed.errors) throw new Error(composed.errors.map(String).join('\n'));
  return composed.supergraphSdl;
}
