import { eventIncomplete, slowConsumer } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ChargeEvent } from '../admission/rates/cost-budget.js';
import type { MissingService, StreamResult, Waiting } from './live-event.js';
import type { LiveMetrics } from './live-metrics.js';

/** Creates the error that ends a stream, from the cursor that the client has reached. Undefined for a normal end. */
export type EndReason = ((cursor: unknown) => GraphQLError) | undefined;

export interface SubscriberOptions {
  /** The current caller. */
  caller(): Caller;
  /** Maximum number of events in the queue. */
  queueLimit: number;
  /** Milliseconds for which an event waits for the services that complete it. */
  patienceMs: number;
  /** The cursor that the client resumes from. */
  startCursor: unknown;
  metrics: LiveMetrics;
  /** Charges each delivered event to the origin of the subscription; undefined if events are not charged. */
  charge: ChargeEvent | undefined;
  /** Called once, when the subscription has ended. */
  onLeave(): void;
  /** Called when a subscriber that left its stream with a full queue can receive the events after this cursor. */
  onReadOn(cursor: unknown): void;
}

/** Milliseconds after which a client that has fallen behind and reads nothing is too slow. */
const stalledAfterMs = 5_000;

/** Milliseconds without an undelivered event after which a client has caught up. */
const caughtUpAfterMs = 1_000;

/**
 * The subscription of one client: receives the events of its shared stream, in order, through a bounded queue. When the
 * queue is full because the client catches up, or because its events wait for a service, it leaves the stream, and resumes
 * from its last queued event when half of the queue has been read.
 */
export class Subscriber implements AsyncIterableIterator<ExecutionResult> {
  readonly #queue: QueuedEvent[] = [];
  #ended: { reason: EndReason } | undefined;
  #stream: { leave(subscriber: Subscriber): void } | undefined;
  readonly #left = new AbortController();
  readonly #waiting: Waiting;
  #isOpen = false;
  /** Whether the client waits for a result. */
  #isReading = false;
  #lastReadAt = performance.now();
  /** The time since which there has been no undelivered event. */
  #idleSince = Infinity;
  #isCatchingUp: boolean;
  /** The last queued event, from which it resumes; undefined while it receives events. */
  #readOnAfter: unknown;
  #stallTimer: NodeJS.Timeout | undefined;
  /** The cursor of the last event that was delivered to the client. */
  #cursor: unknown;
  #wake: (() => void) | undefined;

  constructor(private readonly options: SubscriberOptions) {
    this.#cursor = options.startCursor;
    this.#isCatchingUp = options.startCursor !== undefined;
    const onWaiting = (isWaiting: boolean) => void (options.metrics.held.value += isWaiting ? 1 : -1);
    this.#waiting = { left: this.#left.signal, patienceMs: options.patienceMs, onWaiting };
  }

  /** The cursor of the last event that was delivered. */
  get cursor(): unknown {
    return this.#cursor;
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  get caller(): Caller {
    return this.options.caller();
  }

  /** Attaches it to a stream, in place of the previous one if there was one. */
  attach(stream: { leave(subscriber: Subscriber): void }): void {
    if (!this.#isOpen) this.options.metrics.open.value += 1;
    this.#isOpen = true;
    this.#stream = stream;
  }

  /** Queues an event. If the queue overflows and the client does not read, its subscription ends with SLOW_CONSUMER. */
  push(event: StreamResult): void {
    if (this.#ended) return;
    const receivedAt = performance.now();
    if (receivedAt - this.#idleSince > caughtUpAfterMs) this.#isCatchingUp = false;
    this.#queue.push({ event, receivedAt });
    if (this.#queue.length > this.options.queueLimit) this.#handleFullQueue(event);
    this.#wake?.();
  }

  /** The cursor of its stream, until it has received an event. */
  startAt(cursor: unknown): void {
    this.#cursor ??= cursor;
  }

  /** Ends the subscription after the queued events. */
  end(reason: EndReason): void {
    this.#ended ??= { reason };
    this.#wake?.();
  }

  /** @throws GraphQLError if the stream ended with an error */
  async next(): Promise<IteratorResult<ExecutionResult>> {
    this.#isReading = true;
    try {
      return await this.#read();
    } finally {
      this.#isReading = false;
      this.#lastReadAt = performance.now();
    }
  }

  async #read(): Promise<IteratorResult<ExecutionResult>> {
    if (this.#queue.length === 0) this.#idleSince = performance.now();
    while (this.#queue.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#idleSince = Infinity;
    const first = this.#queue.shift();
    if (!first) return this.#finish();
    this.#readOnIfPossible();
    const completion = await first.event
      .complete(this.caller, this.#waiting)
      .catch((failure: unknown) => this.#leaveAndThrow(failure));
    if (!('result' in completion)) return this.#giveUp(first, completion);
    if (first.event.cursor !== undefined) this.#cursor = first.event.cursor;
    this.#record(first);
    return { done: false, value: completion.result };
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

  /** A client that reads catches up in its own time. */
  #handleFullQueue({ cursor }: StreamResult): void {
    const isReading = this.#isReading || (this.#isCatchingUp && this.#stalledMs() < stalledAfterMs);
    if (cursor === undefined || !isReading) return this.#endSlow();
    this.#isCatchingUp = true;
    this.#readOnAfter = cursor;
    this.#stream?.leave(this);
    this.#stream = undefined;
    this.#stallTimer = setTimeout(() => this.#endIfStalled(), stalledAfterMs);
  }

  #readOnIfPossible(): void {
    const cursor = this.#readOnAfter;
    if (cursor === undefined || this.#queue.length > this.options.queueLimit / 2) return;
    this.#readOnAfter = undefined;
    clearTimeout(this.#stallTimer);
    this.options.onReadOn(cursor);
  }

  #endIfStalled(): void {
    const remainingMs = stalledAfterMs - this.#stalledMs();
    if (remainingMs > 0) this.#stallTimer = setTimeout(() => this.#endIfStalled(), remainingMs);
    else this.#endSlow();
  }

  /** Milliseconds since the client last waited for a result. */
  #stalledMs(): number {
    return this.#isReading ? 0 : performance.now() - this.#lastReadAt;
  }

  #endSlow(): void {
    this.#queue.length = 0;
    this.options.metrics.slowConsumers.value += 1;
    this.end((cursor) => slowConsumer(this.options.queueLimit, cursor));
    this.#detach();
  }

  /** Ends before an event that could not be completed: a client that resumes from the cursor receives it again. */
  #giveUp({ event }: QueuedEvent, { service }: MissingService): IteratorResult<ExecutionResult> {
    if (this.#left.signal.aborted) return this.#finish();
    this.#queue.length = 0;
    this.#ended = { reason: () => eventIncomplete(service, this.#cursor ?? event.previousCursor) };
    return this.#finish();
  }

  #finish(): IteratorResult<ExecutionResult> {
    const reason = this.#ended?.reason;
    this.#ended = { reason: undefined };
    this.#detach();
    if (reason) throw reason(this.#cursor);
    return { done: true, value: undefined };
  }

  #record({ event, receivedAt }: QueuedEvent): void {
    const { charge, metrics } = this.options;
    if (charge) event.charge(this.caller, charge);
    const { deliveries, gaps, lag } = metrics;
    (event.isGap ? gaps : deliveries).value += 1;
    lag(performance.now() - receivedAt);
  }

  #leaveAndThrow(failure: unknown): never {
    this.#detach();
    throw failure;
  }

  #detach(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#left.abort();
    clearTimeout(this.#stallTimer);
    this.#stream?.leave(this);
    this.#stream = undefined;
    this.options.metrics.open.value -= 1;
    this.options.onLeave();
  }
}

interface QueuedEvent {
  event: StreamResult;
  receivedAt: number;
}
