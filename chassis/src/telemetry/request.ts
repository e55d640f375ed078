import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What is known of the request that the running code serves. */
export interface RequestScope {
  readonly id: string;
}

/** Carries the id of a request from the gateway to the subgraphs and into every log line. */
export const requestIdHeader = 'x-request-id';

const scopes = new AsyncLocalStorage<RequestScope>();

/** The request that the running code serves, if it serves one. */
export function currentRequest(): RequestScope | undefined {
  return scopes.getStore();
}

/** Runs `work` as part of a request. An id that is not 8 to 64 characters of [A-Za-z0-9_-] is replaced by a new one. */
export function withinRequest<Result>(givenId: string | undefined, work: () => Result): Result {
  const id = givenId !== undefined && /^[\w-]{8,64}$/.test(givenId) ? givenId : randomUUID();
  return scopes.run({ id }, work);
}
