import type { Fetcher } from '@marquee/gateway/engine/fetcher';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import type { GraphQLError } from 'graphql';
import { canonicalJson } from './canonical-json.js';
import { normalizeFetches, type SentFetch } from './normalize-fetches.js';
import type { Subgraphs } from './trial.js';

/** The result of an execution and its fetches, in the form in which they are compared. */
export interface Outcome {
  data: unknown;
  /** Sorted. */
  errors: ComparedError[];
  /** Subgraph and normalized content of each fetch, sorted. */
  fetches: string[];
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
  try {
    const { data, errors = [] } = await execute(recordingFetcher(subgraphs, sent));
    return { data, errors: sorted(errors.map(comparedError)), fetches: normalizeFetches(sent) };
  } catch (error) {
    return { data: undefined, errors: [], fetches: normalizeFetches(sent), thrown: String(error) };
  }
}

/** Removes the service from messages, because an event comes from a stand-in service with another name. */
function comparedError({ message, path, extensions }: Partial<GraphQLError>): ComparedError {
  const text = (message ?? '').replace(/(from service) ".*"$/, '$1');
  return { message: text, path, code: extensions?.['code'] };
}

function recordingFetcher(subgraphs: Subgraphs, sent: SentFetch[]): Fetcher {
  return {
    async fetch(subgraph, { query, body }) {
      const { variables } = JSON.parse(body) as Pick<SentFetch, 'variables'>;
      sent.push({ subgraph, query, variables });
      return subgraphs.request(subgraph, { query, variables });
    },
  };
}

function sorted<T>(values: T[]): T[] {
  return values
    .map((value) => ({ value, text: canonicalJson(value) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ value }) => value);
}
