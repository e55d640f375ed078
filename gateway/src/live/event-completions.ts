import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { Caller } from '@marquee/chassis/identity/caller';
import { eventWork } from '@marquee/chassis/timing/work-slices';
import type { ExecutionResult } from 'graphql';
import type { ChargeEvent } from '../admission/rates/cost-budget.js';
import { WorkMeter } from '../engine/work-meter.js';
import { type BatchedResult, completeBatch, type MissingService, missingService } from './event-batch.js';
import type { PlannedSubscription } from './planned-subscription.js';
import { type Completion, SharedRetry, type Waiting } from './shared-retry.js';

/** The work of an event that other subscribers have paid for. */
const nothing = new WorkMeter();

const completionsByEvent = new WeakMap<ExecutionResult, Map<string, EventCompletions>>();

/**
 * The completions of an event for a subscription. Streams that a subgraph has sent the same event in one message share
 * them, unless their clients select something else of it: filtered streams differ only in which events they have.
 */
export function completionsOf(event: ExecutionResult, subscription: PlannedSubscription): EventCompletions {
  const byKey = getOrCreate(completionsByEvent, event, () => new Map<string, EventCompletions>());
  return getOrCreate(byKey, subscription.completionKey, () => new EventCompletions(event, subscription));
}

/**
 * Completes one event with data of other subgraphs: once for all callers with the same `resultKey`, and together with the
 * events that a subscriber reads next. An event with a cursor waits for services that are unavailable, because a client
 * that received it incomplete would resume after it. All waiting subscribers share one attempt at a time.
 */
export class EventCompletions {
  readonly #results = new Map<string, Promise<BatchedResult>>();
  /** What callers receive, unless a service is missing; a promise until it is known. */
  readonly #outcomes = new Map<string, Promise<Completion> | Completion>();
  readonly #work = new Map<string, WorkMeter>();
  #retries: Map<string, SharedRetry> | undefined;
  #readers = 0;

  constructor(
    private readonly event: ExecutionResult,
    private readonly subscription: PlannedSubscription,
  ) {}

  /** Adds subscribers to which the event is delivered: they share its work. */
  addReaders(count: number): void {
    this.#readers += count;
  }

  /**
   * The result for a caller, or the service that is missing. All callers with the same result share it: thousands may wait
   * for it, and continue in slices.
   * @param following those of the events that the subscriber reads next
   * @param lane in which the subscriber takes turns with others, see `WorkSlices`
   */
  complete(caller: Caller, following: Iterable<EventCompletions>, lane: string): Promise<Completion> | Completion {
    const key = this.subscription.resultKey(caller);
    const retry = this.#retries?.get(key);
    if (retry) return retry.missing;
    const outcome = getOrCreate(this.#outcomes, key, () => this.#outcome(key, caller, following));
    if (!(outcome instanceof Promise)) return outcome;
    return outcome.then((completion) => eventWork.run(() => Promise.resolve(completion), lane));
  }

  /** The result for a caller once the missing service is back, or the service that is still missing when the wait ends. */
  wait(caller: Caller, waiting: Waiting, missing: MissingService): Promise<Completion> {
    const key = this.subscription.resultKey(caller);
    this.#retries ??= new Map<string, SharedRetry>();
    return getOrCreate(this.#retries, key, () => this.#startRetry(key, caller, missing)).wait(waiting);
  }

  /**
   * Charges the work of its completion to one subscriber that received it. Subscribers with the same result share the
   * work; of several subscribers of one caller with a result of its own, the first pays.
   * @param subscribers the number of those that share the stream
   */
  charge(caller: Caller, subscribers: number, charge: ChargeEvent): void {
    const key = this.subscription.resultKey(caller);
    const readers = this.subscription.isSameForAll(caller) ? this.#readers : 1;
    charge({ work: this.#work.get(key) ?? nothing, readers, subscribers });
    if (!this.subscription.isSameForAll(caller)) this.#work.delete(key);
  }

  async #outcome(key: string, caller: Caller, following: Iterable<EventCompletions>): Promise<Completion> {
    let isFinal = false;
    try {
      const result = await this.#result(key, caller, following);
      const missing = missingService(result);
      const mayLack = this.subscription.acceptsIncomplete || this.subscription.cursorOf(this.event) === undefined;
      isFinal = !missing || mayLack;
      if (missing && !mayLack) return missing;
      const completion = { result: missing ? markIncomplete(result) : result };
      this.#outcomes.set(key, completion);
      return completion;
    } finally {
      if (!isFinal) this.#outcomes.delete(key);
    }
  }

  async #result(key: string, caller: Caller, following: Iterable<EventCompletions>): Promise<ExecutionResult> {
    const { result, isDoubtful } = await (this.#results.get(key) ?? this.#startBatch(key, caller, following));
    return isDoubtful ? this.#result(key, caller, []) : result;
  }

  /** Completes this event together with those that follow and are not completed yet. */
  async #startBatch(key: string, caller: Caller, following: Iterable<EventCompletions>): Promise<BatchedResult> {
    const batch: EventCompletions[] = [this];
    for (const event of following) {
      if (batch.length >= this.subscription.batchSize.current) break;
      if (event.#isOpenFor(this.subscription, key)) batch.push(event);
    }
    const results = this.#complete(key, caller, batch);
    for (const [index, event] of batch.entries()) event.#keep(key, resultAt(results, index), { isFirst: index === 0 });
    return resultAt(results, 0);
  }

  /** Whether its completion has not been requested. */
  #isOpenFor({ completionKey }: PlannedSubscription, key: string): boolean {
    const isSame = this.subscription.completionKey === completionKey;
    return isSame && !this.#results.has(key) && !this.#retries?.has(key);
  }

  async #complete(key: string, caller: Caller, batch: readonly EventCompletions[]): Promise<BatchedResult[]> {
    const work = new WorkMeter();
    const events = batch.map(({ event }) => event);
    const results = await completeBatch(this.subscription, events, { caller, work });
    for (const event of batch) getOrCreate(event.#work, key, () => new WorkMeter()).addShare(work, batch.length);
    return results;
  }

  /** An event that failed with its batch is completed again when it is read. */
  #keep(key: string, completion: Promise<BatchedResult>, { isFirst }: { isFirst: boolean }): void {
    this.#results.set(key, completion);
    const forget = (): void => {
      if (this.#results.get(key) === completion) this.#results.delete(key);
    };
    completion.then(({ result, isDoubtful }) => {
      if (isDoubtful || (!isFirst && missingService(result))) forget();
    }, forget);
  }

  #startRetry(key: string, caller: Caller, missing: MissingService): SharedRetry {
    this.#results.delete(key);
    return new SharedRetry({
      missing,
      attempt: async () => (await this.#complete(key, caller, [this]))[0]?.result ?? {},
      onEnd: (result) => {
        this.#retries?.delete(key);
        if (result) this.#results.set(key, Promise.resolve({ result, isDoubtful: false }));
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
