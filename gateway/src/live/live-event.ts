import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type BackoffOptions, waitForBackoff } from '@marquee/chassis/timing/backoff';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ChargeEvent } from '../admission/rates/cost-budget.js';
import { WorkMeter } from '../engine/work-meter.js';
import type { PlannedSubscription } from './planned-subscription.js';

/** Back-off between attempts to complete an event. Half of each delay is random, so that streams do not try all at once. */
const backoff: BackoffOptions = { baseMs: 200, maxMs: 5_000 };

/** An event whose completion failed because this service is unavailable. */
export interface MissingService {
  service: string | undefined;
}

/** How a subscriber waits for an event that cannot be completed yet. */
export interface Waiting {
  /** Ends the wait when the client leaves. */
  left: AbortSignal;
  patienceMs: number;
  /** Called when the wait begins, and when it ends. */
  onWaiting(isWaiting: boolean): void;
}

/** The work of an event that other subscribers have paid for. */
const nothing = new WorkMeter();

type Completion = { result: ExecutionResult } | MissingService;

/** One result of a stream: an event, or the notice of a gap. */
export interface StreamResult {
  /** The cursor, from which a client resumes after it. */
  readonly cursor: unknown;
  readonly previousCursor: unknown;
  /** Whether events before it are lost. */
  readonly isGap: boolean;
  /** The result for a caller, or the service that is still missing when the wait ends. */
  complete(caller: Caller, waiting: Waiting): Promise<Completion>;
  /** Charges its work to one subscriber that received it. */
  charge(caller: Caller, charge: ChargeEvent): void;
}

/** Reports at once that events are lost, so that the client reads the current data. @param cursor if it is known */
export function gapNotice(cursor?: unknown): StreamResult {
  const extensions = { gap: true, ...(cursor !== undefined && { cursor }) };
  return {
    cursor,
    previousCursor: undefined,
    isGap: true,
    complete: () => Promise.resolve({ result: { data: null, extensions } }),
    charge: () => undefined,
  };
}

/**
 * One event of a shared stream. It is completed with data of other subgraphs when a subscriber reads it, once for all
 * callers with the same `resultKey`. An event with a cursor waits for services that are unavailable, because a client that
 * received it incomplete would resume after it. All waiting subscribers share one attempt at a time.
 */
export class LiveEvent implements StreamResult {
  readonly cursor: unknown;
  readonly isGap = false;
  readonly #completions = new Map<string, Promise<ExecutionResult>>();
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

  async complete(caller: Caller, waiting: Waiting): Promise<Completion> {
    const key = this.subscription.resultKey(caller);
    const retry = this.#retries?.get(key);
    if (retry) return retry.wait(waiting);
    const result = await getOrCreate(this.#completions, key, () => this.#complete(key, caller));
    const missing = missingService(result);
    if (!missing) return { result };
    if (this.cursor === undefined || this.subscription.acceptsIncomplete) return { result: markIncomplete(result) };
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

  #complete(key: string, caller: Caller): Promise<ExecutionResult> {
    return this.subscription.complete(
      this.event,
      caller,
      getOrCreate(this.#work, key, () => new WorkMeter()),
    );
  }

  #startRetry(key: string, caller: Caller, missing: MissingService): SharedRetry {
    this.#completions.delete(key);
    return new SharedRetry({
      missing,
      attempt: () => this.#complete(key, caller),
      onEnd: (result) => {
        this.#retries?.delete(key);
        if (result) this.#completions.set(key, Promise.resolve(result));
      },
    });
  }
}

interface SharedRetryOptions {
  missing: MissingService;
  attempt(): Promise<ExecutionResult>;
  /** Called with the complete result, or with nothing when no subscriber waits any more. */
  onEnd(result?: ExecutionResult): void;
}

interface Waiter {
  resolve(completion: Completion): void;
  reject(failure: unknown): void;
}

/** Tries to complete an event until it succeeds, for as long as a subscriber waits. */
class SharedRetry {
  readonly #waiting = new Set<Waiter>();
  readonly #ended = new AbortController();

  constructor(private readonly options: SharedRetryOptions) {
    this.#run().catch((failure: unknown) => this.#settle(({ reject }) => reject(failure)));
  }

  async wait({ left, patienceMs, onWaiting }: Waiting): Promise<Completion> {
    if (left.aborted) return this.options.missing;
    onWaiting(true);
    let stopWaiting: () => void = () => undefined;
    const completion = new Promise<Completion>((resolve, reject) => {
      const giveUp = () => resolve(this.options.missing);
      const patience = setTimeout(giveUp, patienceMs);
      left.addEventListener('abort', giveUp);
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      stopWaiting = () => {
        clearTimeout(patience);
        left.removeEventListener('abort', giveUp);
        this.#remove(waiter);
        onWaiting(false);
      };
    });
    return completion.finally(stopWaiting);
  }

  #remove(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    if (this.#waiting.size === 0 && !this.#ended.signal.aborted) this.#end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    for (let failures = 1; await waitForBackoff(failures, backoff, signal); failures += 1) {
      const result = await this.options.attempt();
      if (signal.aborted) return;
      if (!missingService(result)) return this.#settle(({ resolve }) => resolve({ result }), result);
    }
  }

  #settle(settle: (waiter: Waiter) => void, result?: ExecutionResult): void {
    this.#end(result);
    for (const waiter of this.#waiting) settle(waiter);
  }

  #end(result?: ExecutionResult): void {
    this.#ended.abort();
    this.options.onEnd(result);
  }
}

function missingService({ errors }: ExecutionResult): MissingService | undefined {
  const error = errors?.find(isUnavailable);
  if (!error) return undefined;
  const { service = error.extensions['serviceName'] } = error.extensions;
  return { service: typeof service === 'string' ? service : undefined };
}

function isUnavailable({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'UPSTREAM_UNAVAILABLE';
}

function markIncomplete(result: ExecutionResult): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, incomplete: true } };
}
