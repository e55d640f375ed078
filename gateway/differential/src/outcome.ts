import { setImmediate as nextMacrotask } from 'node:timers/promises';
import type { Fetcher } from '@marquee/gateway/engine/fetcher';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import { type DirectiveNode, type GraphQLError, Kind, type SelectionSetNode, valueFromASTUntyped } from 'graphql';
import { canonicalJson } from './canonical-json.js';
import { parseFetch } from './fetch-document.js';
import { normalizeFetches, type SentFetch } from './normalize-fetches.js';
import type { Subgraphs } from './trial.js';

/** The result of an execution and its fetches, in the form in which they are compared. */
export interface Outcome {
  data: unknown;
  /** Sorted. */
  errors: ComparedError[];
  /** Subgraph and normalized content of each fetch, sorted. */
  fetches: string[];
  /** The root fields of mutations in the order in which they were sent; `concurrent` for one that did not wait. */
  mutations: string[];
  /** The error that the executor threw, if it returned no result. */
  thrown?: string;
}

export interface ComparedError {
  message: string;
  path: readonly (string | number)[] | undefined;
  code: unknown;
}

/** Runs an executor and records its fetches. */
export async function runOutcome(
  subgraphs: Subgraphs,
  execute: (fetcher: Fetcher) => Promise<OperationResult>,
): Promise<Outcome> {
  const sent: SentFetch[] = [];
  const mutations: string[] = [];
  const fetcher = recordingFetcher(subgraphs, sent, mutations);
  try {
    const { data, errors = [] } = await execute(fetcher);
    return { data, errors: sorted(errors.map(comparedError)), fetches: normalizeFetches(sent), mutations };
  } catch (error) {
    return { data: undefined, errors: [], fetches: normalizeFetches(sent), mutations, thrown: String(error) };
  }
}

/**
 * Removes from messages the service, because an event comes from a stand-in service with another name, and the type of a
 * field, because inside a fragment the stock executor names the type of the fragment in place of that of the object.
 */
function comparedError({ message, path, extensions }: Partial<GraphQLError>): ComparedError {
  const text = (message ?? '')
    .replace(/(from service) ".*"$/, '$1')
    .replace(/(for (?:non-nullable )?field )\w+\./, '$1');
  return { message: text, path, code: extensions?.['code'] };
}

function recordingFetcher(subgraphs: Subgraphs, sent: SentFetch[], mutations: string[]): Fetcher {
  let mutationsInFlight = 0;
  return {
    async fetch(subgraph, { query, body, kind }) {
      const { variables } = JSON.parse(body) as Pick<SentFetch, 'variables'>;
      sent.push({ subgraph, query, variables });
      if (kind !== 'mutation') return subgraphs.request(subgraph, { query, variables });
      if (mutationsInFlight > 0) mutations.push('concurrent');
      mutations.push(...executedFields(parseFetch(query).operation.selectionSet, variables));
      mutationsInFlight += 1;
      await nextMacrotask();
      mutationsInFlight -= 1;
      return subgraphs.request(subgraph, { query, variables });
    },
  };
}

/** The response names of the root fields that no condition excludes. Fetches have no named fragments. */
function executedFields({ selections }: SelectionSetNode, variables: Record<string, unknown>): string[] {
  return selections.flatMap((selection) => {
    if (selection.directives?.some((directive) => excludes(directive, variables))) return [];
    if (selection.kind === Kind.FIELD)
      return selection.name.value === '__typename' ? [] : [(selection.alias ?? selection.name).value];
    return selection.kind === Kind.INLINE_FRAGMENT ? executedFields(selection.selectionSet, variables) : [];
  });
}

function excludes({ name, arguments: [condition] = [] }: DirectiveNode, variables: Record<string, unknown>): boolean {
  if (!condition || !['skip', 'include'].includes(name.value)) return false;
  return valueFromASTUntyped(condition.value, variables) === (name.value === 'skip');
}

function sorted<T>(values: T[]): T[] {
  return values
    .map((value) => ({ value, text: canonicalJson(value) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ value }) => value);
}
