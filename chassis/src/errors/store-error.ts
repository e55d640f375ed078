/**
 * What happened to a request to a store:
 * - `unavailable`: the store could not be reached, was lost, or does not take this request now; nothing was changed
 * - `deadline`: the request was not started or was stopped, because its deadline passed or its caller left; nothing was
 *   changed
 * - `unknown`: the store was lost before it confirmed a change, which may be stored or not
 */
export type StoreFailure = 'unavailable' | 'deadline' | 'unknown';

const messages: Readonly<Record<StoreFailure, string>> = {
  unavailable: 'The data store is unavailable.',
  deadline: 'The request deadline has passed.',
  unknown: 'The data store did not confirm the change in time: it may be stored or not. Read it before you try again.',
};

/** A failed request to a store that is not an error of the program. Clients see UPSTREAM_UNAVAILABLE with its message. */
export class StoreError extends Error {
  override name = 'StoreError';

  constructor(
    readonly kind: StoreFailure,
    cause?: unknown,
  ) {
    super(messages[kind], { cause });
  }
}

/** The store error in an error of a driver or a library that wraps it. */
export function storeErrorOf(error: unknown): StoreError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < maxDepth; depth += 1) {
    if (current instanceof StoreError) return current;
    const { driverError, cause } = current as { driverError?: unknown; cause?: unknown };
    current = driverError ?? cause;
  }
  return undefined;
}

/** Wrapped errors are at most this deep. */
const maxDepth = 5;
