import { slowConsumer } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { LiveMetrics } from './live-metrics.js';

/** One event of a shared stream. `result` completes it with data of other subgraphs for this caller. */
export interface LiveEvent {
  cursor: unknown;
  result(caller: Caller): Promise<ExecutionResult>;
}

/** Creates the error that ends a stream, from the cursor that the client has reached. Undefined for a normal end. */
export type EndReason = ((cursor: unknown) => GraphQLError) | undefined;

export interface SubscriberOptions {
  /** The current caller. */
  caller(): Caller;
  /** Maximum number of events in the queue. */
  queueLimit: number;
  /** The cursor that the client resumes from. */
  startCursor: unknown;
  metrics: LiveMetrics;
  /** Called once, when the subscription has left its stream. */
  onLeave(): void;
}

/** The subscription of one client: receives the events of its shared stream, in order, through a bounded queue. */
export class Subscriber implements AsyncIterableIterator<ExecutionResult> {
  readonly #queue: { event: LiveEvent; afterGap: boolean; receivedAt: number }[] = [];
  #ended: { reason: EndReason } | undefined;
  #hasGap = false;
  #stream: { leave(subscriber: Subscriber): void } | undefined;
  /** The cursor of the last event that was delivered to the client. */
  #cursor: unknown;
  #wake: (() => void) | undefined;

  constructor(private readonly options: SubscriberOptions) {
    this.#cursor = options.startCursor;
  }

  get caller(): Caller {
    return this.options.caller();
  }

  /** Attaches it to a stream, in place of the previous one if there was one. */
  attach(stream: { leave(subscriber: Subscriber): void }): void {
    if (!this.#stream) this.options.metrics.open.value += 1;
    this.#stream = stream;
  }

  /** Queues an event. If the queue overflows, the client is too slow: its subscription ends with SLOW_CONSUMER. */
  push(event: LiveEvent): void {
    if (this.#ended) return;
    this.#queue.push({ event, afterGap: this.#hasGap, receivedAt: performance.now() });
    this.#hasGap = false;
    if (this.#queue.length > this.options.queueLimit) {
      this.#queue.length = 0;
      this.options.metrics.slowConsumers.value += 1;
      this.end((cursor) => slowConsumer(this.options.queueLimit, cursor));
      this.#detach();
    }
    this.#wake?.();
  }

  /** Marks that events may be missing before the next one. */
  markGap(): void {
    this.#hasGap = true;
  }

  /** Ends the subscription after the queued events. */
  end(reason: EndReason): void {
    this.#ended ??= { reason };
    this.#wake?.();
  }

  /** @throws GraphQLError if the stream ended with an error */
  async next(): Promise<IteratorResult<ExecutionResult>> {
    while (this.#queue.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    const first = this.#queue.shift();
    if (!first) return this.#finish();
    const { cursor, result } = first.event;
    const value = await result(this.caller).catch((failure: unknown) => this.#leaveAndThrow(failure));
    if (cursor !== undefined) this.#cursor = cursor;
    this.#record(first);
    return { done: false, value: first.afterGap ? withGapFlag(value) : value };
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#queue.length = 0;
    this.#ended = { reason: undefined };
    this.#detach();
    this.#wake?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(): IteratorResult<ExecutionResult> {
    const reason = this.#ended?.reason;
    this.#ended = { reason: undefined };
    this.#detach();
    if (reason) throw reason(this.#cursor);
    return { done: true, value: undefined };
  }

  #record({ afterGap, receivedAt }: { afterGap: boolean; receivedAt: number }): void {
    const { deliveries, gaps, lag } = this.options.metrics;
    deliveries.value += 1;
    if (afterGap) gaps.value += 1;
    lag(performance.now() - receivedAt);
  }

  #leaveAndThrow(failure: unknown): never {
    this.#detach();
    throw failure;
  }

  #detach(): void {
    if (!this.#stream) return;
    this.#stream.leave(this);
    this.#stream = undefined;
    this.options.metrics.open.value -= 1;
    this.options.onLeave();
  }
}

function withGapFlag(result: ExecutionResult): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, gap: true } };
}
