import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { type FieldNode, Kind, print, visit } from 'graphql';
import { canonicalJson } from './canonical-json.js';
import { type FetchRoot, parseFetch } from './fetch-document.js';
import type { SentRequest } from './outcome.js';

/** The requests, each with the set of its representations. */
export function describeRequests(requests: readonly SentRequest[]): string[] {
  return requests.flatMap((request) =>
    describe(request, ({ content, representations }) => [
      `${content} ${[...new Set(representations)].sort().join(' ')}`,
    ]),
  );
}

/**
 * The set of requests in a form that is independent of the choices of an executor: whether it sends equal requests
 * twice, the order of representations, whether it sends two entity fetches in one request, and whether two of the same
 * fields share a list of representations.
 */
export function normalizeRequests(requests: readonly SentRequest[]): string[] {
  return [...new Set(requests.flatMap((request) => describe(request, eachEntity)))].sort();
}

/** The requests as they were sent, in any order. */
export function rawRequests(requests: readonly SentRequest[]): string[] {
  return requests.map(({ subgraph, query, variables }) => `${subgraph} ${query} ${canonicalJson(variables)}`).sort();
}

/** @param describeEntities describes an `_entities` field */
function describe(request: SentRequest, describeEntities: (field: SentEntities) => string[]): string[] {
  const fields = entityFieldsOf(request);
  if (fields) return fields.flatMap(describeEntities);
  return [`${request.subgraph} ${request.query} ${canonicalJson(request.variables)}`];
}

function eachEntity({ content, representations }: SentEntities): string[] {
  return representations.map((one) => `${content} ${one}`);
}

/** An `_entities` field of a request. */
export interface SentEntities {
  /** Subgraph, kind, selections and variables. */
  content: string;
  /** As canonical JSON. */
  representations: readonly string[];
}

/** The `_entities` fields of a request that have entities; undefined for a request of root fields. */
export function entityFieldsOf(request: SentRequest): SentEntities[] | undefined {
  const { roots, operation } = parseFetch(request.query);
  if (!roots.every(({ representations }) => representations !== undefined)) return undefined;
  return roots
    .map((root) => ({
      content: `${request.subgraph} ${operation.operation} ${describeField(request, root)}`,
      representations: (request.variables[root.representations ?? ''] as unknown[]).map(canonicalJson),
    }))
    .filter(({ representations }) => representations.length > 0);
}

function describeField({ variables }: SentRequest, { field, representations = '' }: FetchRoot): string {
  const used = variablesOf(field);
  const others = Object.entries(variables).filter(([name]) => used.has(name) && name !== representations);
  return `${printSelections(field)} ${canonicalJson(Object.fromEntries(others))}`;
}

const printSelections = memoizeWeak((field: FieldNode) => (field.selectionSet ? print(field.selectionSet) : ''));

const variablesOf = memoizeWeak((field: FieldNode): ReadonlySet<string> => {
  const names = new Set<string>();
  visit(field, { [Kind.VARIABLE]: (node) => void names.add(node.name.value) });
  return names;
});
