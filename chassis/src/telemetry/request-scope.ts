import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { StoreWork } from '../http/request-work.js';
import type { TraceHeaders } from './tracing.js';

/** The context of a request, which is passed on to other services and written to the log. */
export interface RequestScope {
  readonly id: string;
  /** The sender's trace context. */
  readonly trace?: TraceHeaders | undefined;
  /** The parent of the spans of this request. */
  readonly context: Context;
  /** Whether the client still waits for the response. */
  readonly cancellation: Cancellation;
  /** Counts the requests to stores, in a service that reports them. */
  storeWork?: StoreWork | undefined;
}

/**
 * The cancellation of a request: its client has disconnected, or its deadline has passed. A cheaper AbortSignal, since
 * nearly every request creates one and hardly any is cancelled.
 */
export class Cancellation {
  /** The deadline in milliseconds of `performance.now()`. Infinity without a deadline. */
  deadlineAt = Infinity;
  #isCancelled = false;
  /** The first listener. Most requests have at most one. */
  #listener: (() => void) | undefined;
  #others: Set<() => void> | undefined;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Milliseconds until the deadline; negative after it. */
  remainingMs(): number {
    return this.deadlineAt - performance.now();
  }

  /** Adds a listener. It is called at once if the request is already cancelled. */
  onCancel(listener: () => void): void {
    if (this.#isCancelled) listener();
    else if (!this.#listener) this.#listener = listener;
    else (this.#others ??= new Set()).add(listener);
  }

  /** Removes a listener. */
  offCancel(listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#others?.delete(listener);
  }

  /** Calls the listeners. Work in progress continues unless it listens, and should start nothing new. */
  cancel(): void {
    this.#isCancelled = true;
    this.#listener?.();
    for (const other of this.#others ?? []) other();
    [this.#listener, this.#others] = [undefined, undefined];
  }
}

/** Carries the id of a request from the gateway to the subgraphs, and into every log line. */
export const requestIdHeader = 'x-request-id';

const scopes = new AsyncLocalStorage<RequestScope>();
let syncScope: Partial<RequestScope> | undefined;

/** The current request: within `withScopeSync`, or in a process with `Service.asyncContext`. */
export function currentRequest(): Partial<RequestScope> | undefined {
  return syncScope ?? scopes.getStore();
}

/** Runs `work` with a current request, asynchronous continuations included. */
export function runInScope<Result>(scope: RequestScope, work: () => Result): Result {
  return scopes.run(scope, work);
}

/** Runs `work` with a current request until it returns: for synchronous work such as writing a log line. */
export function withScopeSync<Result>(scope: Partial<RequestScope> | undefined, work: () => Result): Result {
  const before = syncScope;
  syncScope = scope;
  try {
    return work();
  } finally {
    syncScope = before;
  }
}

/** Runs `work` without a current request: for work that several requests share, or that goes on after the response. */
export function runDetached<Result>(work: () => Result): Result {
  return scopes.exit(work);
}

/** Runs `work` as part of the current request with another cancellation, asynchronous continuations included. */
export function runWithCancellation<Result>(cancellation: Cancellation, work: () => Result): Result {
  return scopes.run({ ...createRequestScope(undefined), ...scopes.getStore(), cancellation }, work);
}

/** @param givenId replaced by a new id unless it has 8 to 64 characters of `[A-Za-z0-9_-]` */
export function createRequestScope(givenId: string | undefined, trace?: TraceHeaders): RequestScope {
  const id = givenId !== undefined && /^[\w-]{8,64}$/.test(givenId) ? givenId : randomUUID();
  return { id, trace, context: ROOT_CONTEXT, cancellation: new Cancellation() };
}
