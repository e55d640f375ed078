import { existsSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse } from 'graphql';
import { removeUnused } from './operations/remove-unused.js';

const folder = new URL('../corpus/', import.meta.url);

/** The operations that are kept for a supergraph, because random ones of their kind are rare. */
export function loadCorpus(supergraph: string): DocumentNode[] {
  const file = new URL(`${supergraph}.graphql`, folder);
  if (!existsSync(file)) return [];
  const { definitions } = parse(readFileSync(file, 'utf8'), { noLocation: true });
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return definitions
    .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    .map((operation) => ({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments] }) as const)
    .map((document) => removeUnused({ document, variables: {} }).document);
}
