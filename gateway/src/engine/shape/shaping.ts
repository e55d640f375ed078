import { GraphQLError } from 'graphql';
import type { Refusal } from './operation.js';

/** One answer being shaped. */
export interface Shaping {
  variables: Readonly<Record<string, unknown>>;
  /** Where in the answer. */
  path: (string | number)[];
  /** What is wrong with what the subgraphs sent. */
  faults: GraphQLError[];
  /** What the caller may not have. */
  refusals: GraphQLError[];
}

/** Stands for a null whose reason is told already. */
export const failed = Symbol('failed');

/** Stands for a null where there can be none: the nearest that can be null is null instead. */
export const broken = Symbol('broken');

/** Makes of what subgraphs sent what a client gets. */
export type Completing = (value: unknown, shaping: Shaping) => unknown;

/** Most errors that tell of fields that a caller may not have. */
const refusalLimit = 100;

/** Notes that the value at the path is wrong. */
export function fault({ faults, path }: Shaping, message: string): typeof failed {
  faults.push(new GraphQLError(message, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } }));
  return failed;
}

/** Notes that the caller may not have what is at the path. */
export function refuse({ refusals, path }: Shaping, refusal: Refusal): typeof failed {
  if (refusals.length < refusalLimit)
    refusals.push(new GraphQLError(refusalMessages[refusal], { path: [...path], extensions: { code: refusal } }));
  return failed;
}

const refusalMessages: Readonly<Record<Refusal, string>> = {
  UNAUTHENTICATED: 'Sign in first: this needs a user.',
  FORBIDDEN: 'You may not see this.',
};
