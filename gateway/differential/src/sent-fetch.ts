import { Kind, print, visit, type FieldNode } from 'graphql';
import { canonical } from './canonical.js';
import { type FetchRoot, readFetch } from './fetch-document.js';
import type { FetchRequest } from './subgraph.js';

/** A fetch that an executor sent. */
export interface SentFetch extends FetchRequest {
  subgraph: string;
}

/**
 * The set of fetches, in a form in which it does not matter what an executor may choose: whether it sends what is alike
 * twice, in which order representations stand, and whether two fetches of entities travel in one request.
 */
export function fetchesOf(sent: readonly SentFetch[]): string[] {
  return [...new Set(sent.flatMap(asked))].sort();
}

function asked(fetch: SentFetch): string[] {
  const { roots, operation } = readFetch(fetch.query);
  if (!roots.every(({ representations }) => representations !== undefined)) {
    return [`${fetch.subgraph} ${fetch.query} ${canonical(fetch.variables)}`];
  }
  // A place where there was nothing to ask about may have its field in a request that others share.
  const filled = roots.filter(({ representations = '' }) => (fetch.variables[representations] as unknown[]).length > 0);
  return filled.map((root) => `${fetch.subgraph} ${operation.operation} ${entities(fetch, root)}`);
}

function entities({ variables }: SentFetch, { field, representations = '' }: FetchRoot): string {
  const list = variables[representations] as unknown[];
  const others = Object.entries(variables).filter(([name]) => uses(field, name) && name !== representations);
  const set = [...new Set(list.map(canonical))].sort();
  return `${field.selectionSet ? print(field.selectionSet) : ''} ${canonical(Object.fromEntries(others))} ${set.join(' ')}`;
}

const used = new WeakMap<FieldNode, ReadonlySet<string>>();

function uses(field: FieldNode, variable: string): boolean {
  const known = used.get(field) ?? variablesOf(field);
  used.set(field, known);
  return known.has(variable);
}

function variablesOf(field: FieldNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(field, { [Kind.VARIABLE]: (node) => void names.add(node.name.value) });
  return names;
}
