import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult } from 'graphql';
import type { ChargeEvent } from '../admission/rates/cost-budget.js';
import { WorkMeter } from '../engine/work-meter.js';
import { type BatchedResult, completeBatch, type MissingService, missingService } from './event-batch.js';
import type { PlannedSubscription } from './planned-subscription.js';
import { type Completion, SharedRetry, type Waiting } from './shared-retry.js';

/** The work of an event that other subscribers have paid for. */
const nothing = new WorkMeter();

/** One result of a stream: an event, the notice that events are lost, or the position at which the stream started. */
export interface StreamResult {
  readonly kind: 'event' | 'gap' | 'position';
  /** The cursor, from which a client resumes after it. */
  readonly cursor: unknown;
  readonly previousCursor: unknown;
  /**
   * The result for a caller, or the service that is missing. All callers with the same result share the promise.
   * @param following the results that the subscriber reads next
   */
  complete(caller: Caller, following: Iterable<StreamResult>): Promise<Completion>;
  /** The result for a caller once the missing service is back, or the service that is still missing when the wait ends. */
  wait(caller: Caller, waiting: Waiting, missing: MissingService): Promise<Completion>;
  /** Charges its work to one subscriber that received it. */
  charge(caller: Caller, charge: ChargeEvent): void;
}

/** Reports at once that events are lost, so that the client reads the current data. @param cursor if it is known */
export function gapNotice(cursor?: unknown): StreamResult {
  return notice('gap', cursor, { gap: true, ...(cursor !== undefined && { cursor }) });
}

/** Reports where a stream starts, so that a client can resume from there before the first event. */
export function positionNotice(cursor: unknown): StreamResult {
  return notice('position', cursor, { cursor });
}

/** Reports whether a stream without cursors has started, so that the data which a client reads afterwards stay current. */
export function startNotice(started: boolean): StreamResult {
  return notice('position', undefined, { started });
}

/** Results with their cursors, by the results without. */
const withCursors = new WeakMap<ExecutionResult, ExecutionResult>();

/**
 * Adds its cursor to the result of an event, which is shared with clients that did not request cursors. All clients that did
 * receive the same object, so that it is serialized once.
 */
export function withCursor(result: ExecutionResult, cursor: unknown): ExecutionResult {
  if (cursor === undefined) return result;
  return getOrCreate(withCursors, result, () => ({ ...result, extensions: { ...result.extensions, cursor } }));
}

function notice(kind: 'gap' | 'position', cursor: unknown, extensions: Record<string, unknown>): StreamResult {
  const result: ExecutionResult = { data: null, extensions };
  return {
    kind,
    cursor,
    previousCursor: undefined,
    complete: () => Promise.resolve({ result }),
    wait: () => Promise.resolve({ result }),
    charge: () => undefined,
  };
}

/**
 * One event of a shared stream. It is completed with data of other subgraphs when a subscriber reads it, once for all
 * callers with the same `resultKey`, and together with the events that the subscriber reads next. An event with a cursor
 * waits for services that are unavailable, because a client that received it incomplete would resume after it. All waiting
 * subscribers share one attempt at a time.
 */
export class LiveEvent implements StreamResult {
  readonly cursor: unknown;
  readonly kind = 'event';
  readonly #completions = new Map<string, Promise<BatchedResult>>();
  /** What callers receive, unless a service is missing. */
  readonly #outcomes = new Map<string, Promise<Completion>>();
  readonly #work = new Map<string, WorkMeter>();
  #retries: Map<string, SharedRetry> | undefined;

  /**
   * @param previousCursor of the event before it in its stream, if it is known
   * @param readers the number of subscribers that it is delivered to
   */
  constructor(
    private readonly event: ExecutionResult,
    private readonly subscription: PlannedSubscription,
    readonly previousCursor: unknown,
    private readonly readers: number,
  ) {
    this.cursor = subscription.cursorOf(event);
  }

  complete(caller: Caller, following: Iterable<StreamResult>): Promise<Completion> {
    const key = this.subscription.resultKey(caller);
    const retry = this.#retries?.get(key);
    if (retry) return Promise.resolve(retry.missing);
    return getOrCreate(this.#outcomes, key, () => this.#outcome(key, caller, following));
  }

  wait(caller: Caller, waiting: Waiting, missing: MissingService): Promise<Completion> {
    const key = this.subscription.resultKey(caller);
    this.#retries ??= new Map<string, SharedRetry>();
    return getOrCreate(this.#retries, key, () => this.#startRetry(key, caller, missing)).wait(waiting);
  }

  /**
   * Charges the work of its completion to one subscriber that received it. Subscribers with the same result share the
   * work; of several subscribers of one caller with a result of its own, the first pays.
   */
  charge(caller: Caller, charge: ChargeEvent): void {
    const key = this.subscription.resultKey(caller);
    charge(this.#work.get(key) ?? nothing, this.subscription.isSameForAll(caller) ? this.readers : 1);
    if (!this.subscription.isSameForAll(caller)) this.#work.delete(key);
  }

  async #outcome(key: string, caller: Caller, following: Iterable<StreamResult>): Promise<Completion> {
    let isFinal = false;
    try {
      const result = await this.#result(key, caller, following);
      const missing = missingService(result);
      const mayLack = this.cursor === undefined || this.subscription.acceptsIncomplete;
      isFinal = !missing || mayLack;
      if (missing) return mayLack ? { result: markIncomplete(result) } : missing;
      return { result };
    } finally {
      if (!isFinal) this.#outcomes.delete(key);
    }
  }

  async #result(key: string, caller: Caller, following: Iterable<StreamResult>): Promise<ExecutionResult> {
    const { result, isDoubtful } = await (this.#completions.get(key) ?? this.#startBatch(key, caller, following));
    return isDoubtful ? this.#result(key, caller, []) : result;
  }

  /** Completes this event together with those that follow and are not completed yet. */
  async #startBatch(key: string, caller: Caller, following: Iterable<StreamResult>): Promise<BatchedResult> {
    const batch: LiveEvent[] = [this];
    for (const event of following) {
      if (batch.length >= this.subscription.batchSize.current) break;
      if (event instanceof LiveEvent && event.#isOpenFor(this.subscription, key)) batch.push(event);
    }
    const results = this.#complete(key, caller, batch);
    for (const [index, event] of batch.entries()) event.#keep(key, resultAt(results, index), { isFirst: index === 0 });
    return resultAt(results, 0);
  }

  /** Whether its completion has not been requested. */
  #isOpenFor(subscription: PlannedSubscription, key: string): boolean {
    return this.subscription === subscription && !this.#completions.has(key) && !this.#retries?.has(key);
  }

  async #complete(key: string, caller: Caller, batch: readonly LiveEvent[]): Promise<BatchedResult[]> {
    const work = new WorkMeter();
    const events = batch.map(({ event }) => event);
    const results = await completeBatch(this.subscription, events, { caller, work });
    for (const event of batch) getOrCreate(event.#work, key, () => new WorkMeter()).addShare(work, batch.length);
    return results;
  }

  /** An event that failed with its batch is completed again when it is read. */
  #keep(key: string, completion: Promise<BatchedResult>, { isFirst }: { isFirst: boolean }): void {
    this.#completions.set(key, completion);
    const forget = (): void => {
      if (this.#completions.get(key) === completion) this.#completions.delete(key);
    };
    completion.then(({ result, isDoubtful }) => {
      if (isDoubtful || (!isFirst && missingService(result))) forget();
    }, forget);
  }

  #startRetry(key: string, caller: Caller, missing: MissingService): SharedRetry {
    this.#completions.delete(key);
    return new SharedRetry({
      missing,
      attempt: async () => (await this.#complete(key, caller, [this]))[0]?.result ?? {},
      onEnd: (result) => {
        this.#retries?.delete(key);
        if (result) this.#completions.set(key, Promise.resolve({ result, isDoubtful: false }));
      },
    });
  }
}

async function resultAt(results: Promise<BatchedResult[]>, index: number): Promise<BatchedResult> {
  return (await results)[index] ?? { result: {}, isDoubtful: false };
}

function markIncomplete(result: ExecutionResult): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, incomplete: true } };
}
