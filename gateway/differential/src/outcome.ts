import type { GatewayExecutionResult } from '@apollo/server-gateway-interface';
import { canonical } from './canonical.js';
import { fetchesOf, type SentFetch } from './sent-fetch.js';

/** What came of an operation, in the form in which it is compared. */
export interface Outcome {
  data: unknown;
  /** Message, path and code, sorted. */
  errors: ToldError[];
  /** What was asked of which subgraph, sorted. */
  fetches: string[];
  /** What the executor threw, instead of all the others. */
  thrown?: string;
}

export interface ToldError {
  message: string;
  path: readonly (string | number)[] | undefined;
  code: unknown;
}

/** Runs an executor that notes what it sends. */
export async function outcomeOf(
  execute: (sent: SentFetch[]) => Promise<GatewayExecutionResult>,
): Promise<Outcome> {
  const sent: SentFetch[] = [];
  try {
    const { data, errors = [] } = await execute(sent);
    const told = errors.map(({ message, path, extensions }) => ({ message, path, code: extensions['code'] }));
    return { data, errors: sorted(told), fetches: fetchesOf(sent) };
  } catch (failure) {
    return { data: undefined, errors: [], fetches: fetchesOf(sent), thrown: String(failure) };
  }
}

function sorted<T>(values: T[]): T[] {
  return values
    .map((value) => ({ value, text: canonical(value) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ value }) => value);
}
