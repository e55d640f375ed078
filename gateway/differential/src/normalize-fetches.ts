import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { type FieldNode, Kind, print, visit } from 'graphql';
import { canonicalJson } from './canonical-json.js';
import type { FetchRequest } from './drawn-subgraph.js';
import { type FetchRoot, parseFetch } from './fetch-document.js';

/** A fetch that an executor sent. */
export interface SentFetch extends FetchRequest {
  subgraph: string;
}

/**
 * The set of fetches in a form that is independent of the choices of an executor: whether it sends equal fetches twice,
 * the order of representations, and whether it sends two entity fetches in one request.
 */
export function normalizeFetches(sent: readonly SentFetch[]): string[] {
  return [...new Set(sent.flatMap(normalizeFetch))].sort();
}

function normalizeFetch(fetch: SentFetch): string[] {
  const { roots, operation } = parseFetch(fetch.query);
  if (!roots.every(({ representations }) => representations !== undefined)) {
    return [`${fetch.subgraph} ${fetch.query} ${canonicalJson(fetch.variables)}`];
  }
  // A merged request may contain the field of a fetch without entities.
  const filled = roots.filter(({ representations = '' }) => (fetch.variables[representations] as unknown[]).length > 0);
  return filled.map((root) => `${fetch.subgraph} ${operation.operation} ${describeEntities(fetch, root)}`);
}

function describeEntities({ variables }: SentFetch, { field, representations = '' }: FetchRoot): string {
  const list = variables[representations] as unknown[];
  const others = Object.entries(variables).filter(([name]) => variablesOf(field).has(name) && name !== representations);
  const set = [...new Set(list.map(canonicalJson))].sort();
  return `${field.selectionSet ? print(field.selectionSet) : ''} ${canonicalJson(Object.fromEntries(others))} ${set.join(' ')}`;
}

const variablesOf = memoizeWeak((field: FieldNode): ReadonlySet<string> => {
  const names = new Set<string>();
  visit(field, { [Kind.VARIABLE]: (node) => void names.add(node.name.value) });
  return names;
});
