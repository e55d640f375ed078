import { slowConsumer } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { LiveMetrics } from './live-metrics.js';

/** One event of a feed, completed at most once for each audience. */
export interface LiveEvent {
  cursor: unknown;
  result(caller: Caller): Promise<ExecutionResult>;
}

/** Ends a stream: why, if it was not the stream's own end. It is told the cursor that the client has got to. */
export type EndReason = ((cursor: unknown) => GraphQLError) | undefined;

export interface SubscriberOptions {
  /** Who reads, as of now. */
  caller(): Caller;
  /** Events that may wait to be read. */
  queueLimit: number;
  /** The cursor that the client came with. */
  start: unknown;
  metrics: LiveMetrics;
}

/** One client's subscription: what its feed sends, in order, in a queue with a bound. */
export class Subscriber implements AsyncIterableIterator<ExecutionResult> {
  readonly #queue: { event: LiveEvent; afterGap: boolean; since: number }[] = [];
  #ending: { because: EndReason } | undefined;
  #gap = false;
  #feed: { leave(member: Subscriber): void } | undefined;
  /** The cursor of the last event that the client was given. */
  #cursor: unknown;
  #wake: (() => void) | undefined;

  constructor(private readonly options: SubscriberOptions) {
    this.#cursor = options.start;
  }

  get caller(): Caller {
    return this.options.caller();
  }

  /** Comes to a feed, from another one perhaps. */
  attach(feed: { leave(member: Subscriber): void }): void {
    if (!this.#feed) this.options.metrics.open.value += 1;
    this.#feed = feed;
  }

  /** Takes an event in. A client that is too slow is not waited for. */
  push(event: LiveEvent): void {
    if (this.#ending) return;
    this.#queue.push({ event, afterGap: this.#gap, since: performance.now() });
    this.#gap = false;
    if (this.#queue.length > this.options.queueLimit) {
      this.#queue.length = 0;
      this.options.metrics.slowConsumers.value += 1;
      this.end((cursor) => slowConsumer(this.options.queueLimit, cursor));
      this.#leave();
    }
    this.#wake?.();
  }

  /** Events may be missing before the next one. */
  markGap(): void {
    this.#gap = true;
  }

  /** Nothing more comes after what waits in the queue. */
  end(because: EndReason): void {
    this.#ending ??= { because };
    this.#wake?.();
  }

  /** @throws GraphQLError when the stream ended for a reason that the client must know */
  async next(): Promise<IteratorResult<ExecutionResult>> {
    while (this.#queue.length === 0 && !this.#ending) await new Promise<void>((resolve) => (this.#wake = resolve));
    const first = this.#queue.shift();
    if (!first) return this.#finish();
    const { cursor, result } = first.event;
    const value = await result(this.caller).catch((failure: unknown) => this.#fail(failure));
    if (cursor !== undefined) this.#cursor = cursor;
    this.#measure(first);
    return { done: false, value: first.afterGap ? withGapFlag(value) : value };
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#queue.length = 0;
    this.#ending = { because: undefined };
    this.#leave();
    this.#wake?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(): IteratorResult<ExecutionResult> {
    const because = this.#ending?.because;
    this.#ending = { because: undefined };
    this.#leave();
    if (because) throw because(this.#cursor);
    return { done: true, value: undefined };
  }

  #measure({ afterGap, since }: { afterGap: boolean; since: number }): void {
    const { deliveries, gaps, lag } = this.options.metrics;
    deliveries.value += 1;
    if (afterGap) gaps.value += 1;
    lag(performance.now() - since);
  }

  #fail(failure: unknown): never {
    this.#leave();
    throw failure;
  }

  #leave(): void {
    if (!this.#feed) return;
    this.#feed.leave(this);
    this.#feed = undefined;
    this.options.metrics.open.value -= 1;
  }
}

function withGapFlag(result: ExecutionResult): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, gap: true } };
}
