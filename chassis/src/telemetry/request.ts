import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { TraceHeaders } from './tracing.js';

/** What is known of the request that the running code serves. */
export interface RequestScope {
  readonly id: string;
  /** Aborted when nobody waits for the answer any more: the caller has left, or the time that it gave is over. */
  readonly over: AbortSignal;
  /** The trace that it is part of, as its sender named it. */
  readonly trace?: TraceHeaders | undefined;
}

/** Carries the id of a request from the gateway to the subgraphs and into every log line. */
export const requestIdHeader = 'x-request-id';

interface Scope extends RequestScope {
  end: AbortController;
}

const scopes = new AsyncLocalStorage<Scope>();

/** The request that the running code serves, if it serves one. */
export function currentRequest(): RequestScope | undefined {
  return scopes.getStore();
}

/**
 * Gives a function that says that nobody waits for the running request any more, from wherever it is called.
 * What the request has begun goes on; it should begin nothing new.
 */
export function requestAbandoner(): () => void {
  const scope = scopes.getStore();
  return () => scope?.end.abort();
}

/** Runs `work` as part of a request. An id that is not 8 to 64 characters of [A-Za-z0-9_-] is replaced by a new one. */
export function withinRequest<Result>(givenId: string | undefined, work: () => Result, trace?: TraceHeaders): Result {
  const id = givenId !== undefined && /^[\w-]{8,64}$/.test(givenId) ? givenId : randomUUID();
  const end = new AbortController();
  // Every fetch of a request listens; Node would take more than ten for a leak and say so each time.
  setMaxListeners(0, end.signal);
  return scopes.run({ id, over: end.signal, end, trace }, work);
}
