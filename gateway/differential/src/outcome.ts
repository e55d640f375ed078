import type { Fetcher } from '@marquee/gateway/engine/fetcher';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import type { GraphQLError } from 'graphql';
import { canonical } from './canonical.js';
import { fetchesOf, type SentFetch } from './sent-fetch.js';
import type { Subgraphs } from './trial.js';

/** What came of an operation, in the form in which it is compared. */
export interface Outcome {
  data: unknown;
  /** Message, path and code, sorted. */
  errors: ToldError[];
  /** What was asked of which subgraph, sorted. */
  fetches: string[];
  /** What the executor threw, instead of a result. */
  thrown?: string;
}

export interface ToldError {
  message: string;
  path: readonly (string | number)[] | undefined;
  code: unknown;
}

/** Runs an executor and notes what it sends. */
export async function outcomeOf(
  subgraphs: Subgraphs,
  execute: (fetcher: Fetcher) => Promise<OperationResult>,
): Promise<Outcome> {
  const sent: SentFetch[] = [];
  try {
    const { data, errors = [] } = await execute(noting(subgraphs, sent));
    return { data, errors: sorted(errors.map(told)), fetches: fetchesOf(sent) };
  } catch (failure) {
    return { data: undefined, errors: [], fetches: fetchesOf(sent), thrown: String(failure) };
  }
}

/** What a fetcher throws is told as it is; and an event comes from a stand-in that has another name. */
function told({ message, path, extensions }: Partial<GraphQLError>): ToldError {
  const plain = (message ?? '').replace(/(from service) ".*"$/, '$1');
  return { message: plain, path, code: extensions?.['code'] };
}

function noting(subgraphs: Subgraphs, sent: SentFetch[]): Fetcher {
  return {
    async fetch(subgraph, { query, body }) {
      const { variables } = JSON.parse(body) as Pick<SentFetch, 'variables'>;
      sent.push({ subgraph, query, variables });
      return subgraphs.ask(subgraph, { query, variables });
    },
  };
}

function sorted<T>(values: T[]): T[] {
  return values
    .map((value) => ({ value, text: canonical(value) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ value }) => value);
}
