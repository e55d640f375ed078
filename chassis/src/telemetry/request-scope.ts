import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { TraceHeaders } from './tracing.js';

/** A request that is served, and what goes with it to other services and into the log. */
export interface RequestScope {
  readonly id: string;
  /** The trace that it is part of, as its sender named it. */
  readonly trace?: TraceHeaders | undefined;
  /** What spans within it are started in. */
  readonly context: Context;
  /** Whether anybody waits for the answer. */
  readonly cancellation: Cancellation;
}

/**
 * Tells when nobody waits for an answer any more: who asked has left, or the time that they gave is over. It does what
 * an AbortSignal does for a small part of its price, for nearly all requests end with nobody having left.
 */
export class Cancellation {
  #gone = false;
  /** What nearly all have at most one of. */
  #act: (() => void) | undefined;
  #others: Set<() => void> | undefined;

  get isCancelled(): boolean {
    return this.#gone;
  }

  /** Has this called when they leave, at once when they have. */
  onCancel(act: () => void): void {
    if (this.#gone) act();
    else if (!this.#act) this.#act = act;
    else (this.#others ??= new Set()).add(act);
  }

  /** Takes back what was given to `whenGone`. */
  offCancel(act: () => void): void {
    if (this.#act === act) this.#act = undefined;
    else this.#others?.delete(act);
  }

  /** What has begun goes on unless it listens; it should begin nothing new. */
  cancel(): void {
    this.#gone = true;
    this.#act?.();
    for (const other of this.#others ?? []) other();
    [this.#act, this.#others] = [undefined, undefined];
  }
}

/** Carries the id of a request from the gateway to the subgraphs and into every log line. */
export const requestIdHeader = 'x-request-id';

const scopes = new AsyncLocalStorage<RequestScope>();
let telling: Partial<RequestScope> | undefined;

/** The request that the running code serves: within `during`, or in a process that carries it along (`Service.ambient`). */
export function currentRequest(): Partial<RequestScope> | undefined {
  return telling ?? scopes.getStore();
}

/** Runs `work` as part of a request, which it finds by itself from then on. */
export function runInScope<Result>(scope: RequestScope, work: () => Result): Result {
  return scopes.run(scope, work);
}

/** Runs `work` as part of a request where it ends before it returns, as the writing of a log line. */
export function withScopeSync<Result>(scope: Partial<RequestScope> | undefined, work: () => Result): Result {
  const before = telling;
  telling = scope;
  try {
    return work();
  } finally {
    telling = before;
  }
}

/** An id that is not 8 to 64 characters of [A-Za-z0-9_-] is replaced by a new one. */
export function createRequestScope(givenId: string | undefined, trace?: TraceHeaders): RequestScope {
  const id = givenId !== undefined && /^[\w-]{8,64}$/.test(givenId) ? givenId : randomUUID();
  return { id, trace, context: ROOT_CONTEXT, cancellation: new Cancellation() };
}
