import { eventIncomplete, slowConsumer } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { MissingService } from './event-batch.js';
import { EventQueue, type QueuedEvent } from './event-queue.js';
import { gapNotice, positionNotice, startNotice, type StreamResult, withCursor } from './live-event.js';
import type { Waiting } from './shared-retry.js';
import type { SubscriberOptions } from './subscriber-options.js';

/** Creates the error that ends a stream, from the cursor that the client has reached. Undefined for a normal end. */
export type EndReason = ((cursor: unknown) => GraphQLError) | undefined;

/** Milliseconds after which a client that reads nothing, while its queue is half full, is too slow. */
const stalledAfterMs = 10_000;

/** A stream of events as its subscribers see it. */
export interface SubscribedStream {
  leave(subscriber: Subscriber): void;
  /** Called whenever a subscriber has room. */
  onRoom(): void;
}

/**
 * The subscription of one client: receives the events of its shared stream, in order, through a bounded queue. The stream
 * reads on while one of its subscribers has room. A subscriber that falls behind the others until its queue is full leaves
 * the stream, and resumes from its last queued event when it has room again.
 */
export class Subscriber implements AsyncIterableIterator<ExecutionResult>, Waiting {
  readonly #queue = new EventQueue();
  #ended: { reason: EndReason } | undefined;
  #stream: SubscribedStream | undefined;
  /** Created when an event has to wait, which is rare. */
  #left: AbortController | undefined;
  #isOpen = false;
  /** Whether the client waits for a result. */
  #isReading = false;
  #lastReadAt = performance.now();
  /** The last queued event, from which it resumes; undefined while it receives events. */
  #readOnAfter: unknown;
  #stallTimer: NodeJS.Timeout | undefined;
  /** The cursor of the last event that was delivered to the client. */
  #cursor: unknown;
  /** Ends the wait of the client for a result. */
  #resolveNext: ((result: Promise<IteratorResult<ExecutionResult>>) => void) | undefined;

  constructor(private readonly options: SubscriberOptions) {
    this.#cursor = options.startCursor;
  }

  get left(): AbortSignal {
    this.#left ??= new AbortController();
    if (!this.#isOpen) this.#left.abort();
    return this.#left.signal;
  }

  get patienceMs(): number {
    return this.options.patienceMs;
  }

  onWaiting(isWaiting: boolean): void {
    this.options.metrics.held.value += isWaiting ? 1 : -1;
  }

  get cursor(): unknown {
    return this.#cursor;
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  get caller(): Caller {
    return this.options.caller();
  }

  /** Whether less than half of the queue is full. The other half is for events that its stream reads for other subscribers. */
  get hasRoom(): boolean {
    return this.#queue.length < this.options.queueLimit / 2;
  }

  /** Attaches it to a stream, in place of the previous one if there was one. */
  attach(stream: SubscribedStream): void {
    if (!this.#isOpen) this.options.metrics.open.value += 1;
    this.#isOpen = true;
    this.#stream = stream;
  }

  /** Queues an event. If the queue overflows and the client reads nothing, its subscription ends with SLOW_CONSUMER. */
  push(event: StreamResult): void {
    if (this.#ended) return;
    this.#queue.push(event);
    if (this.#queue.length > this.options.queueLimit) this.#handleFullQueue(event);
    else if (!this.hasRoom && event.cursor !== undefined) this.#endWhenStalled();
    this.#wake();
  }

  /** The cursor of its stream, until it has received an event. */
  startAt(cursor: unknown): void {
    if (this.#cursor !== undefined || cursor === undefined) return;
    this.#cursor = cursor;
    if (this.options.reportsPosition) this.push(positionNotice(cursor));
  }

  /** Whether the service has started its stream, which has no cursors. Called again after each interruption. */
  onStart(started: boolean): void {
    if (this.options.reportsStart) this.push(startNotice(started));
  }

  /** Ends the subscription after the queued events. */
  end(reason: EndReason): void {
    this.#ended ??= { reason };
    this.#wake();
  }

  /** @throws GraphQLError if the stream ended with an error */
  next(): Promise<IteratorResult<ExecutionResult>> {
    this.#isReading = true;
    if (this.#queue.length > 0 || this.#ended) return this.#read();
    // Most clients wait most of the time: a promise is all that they take, without the state of a function.
    return new Promise((resolve) => (this.#resolveNext = resolve));
  }

  async #read(): Promise<IteratorResult<ExecutionResult>> {
    try {
      const first = this.#queue.shift();
      if (!first) return this.#finish();
      if (this.hasRoom) this.#readOn();
      let completion = await first.event.complete(this.caller, this.#queue, this.options.lane);
      if (!('result' in completion)) completion = await first.event.wait(this.caller, this, completion);
      if (!('result' in completion)) return this.#giveUp(first, completion);
      if (first.event.cursor !== undefined) this.#cursor = first.event.cursor;
      this.#record(first);
      const { result } = completion;
      return { done: false, value: this.options.sendsCursors ? withCursor(result, first.event.cursor) : result };
    } catch (failure) {
      // Nor may it join a stream again, if it was about to read on.
      this.#ended = { reason: undefined };
      this.#detach();
      throw failure;
    } finally {
      this.#isReading = false;
      this.#lastReadAt = performance.now();
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#queue.clear();
    this.#ended = { reason: undefined };
    this.#detach();
    this.#wake();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Lets the client read once everything that arrives together is queued, so that it is completed together. */
  #wake(): void {
    const resolve = this.#resolveNext;
    if (!resolve) return;
    this.#resolveNext = undefined;
    queueMicrotask(() => resolve(this.#read()));
  }

  /** A client that reads continues in its own time. Events that it cannot resume from are lost; it is informed of that. */
  #handleFullQueue(last: StreamResult): void {
    if (this.#stalledMs() >= stalledAfterMs) return this.#endSlow();
    if (last.cursor === undefined) {
      this.#queue.clear();
      for (const event of [gapNotice(), last]) this.#queue.push(event);
      return;
    }
    this.#readOnAfter = last.cursor;
    this.#stream?.leave(this);
    this.#stream = undefined;
    this.#endWhenStalled();
  }

  #readOn(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#stream?.onRoom();
    const cursor = this.#readOnAfter;
    this.#readOnAfter = undefined;
    if (cursor !== undefined) this.options.onReadOn(cursor);
  }

  /** Ends the subscription if the client reads nothing for too long before it has room. */
  #endWhenStalled(): void {
    this.#stallTimer ??= setTimeout(() => {
      this.#stallTimer = undefined;
      if (this.#stalledMs() >= stalledAfterMs) this.#endSlow();
      else this.#endWhenStalled();
    }, stalledAfterMs - this.#stalledMs());
  }

  /** Milliseconds since the client last waited for a result. */
  #stalledMs(): number {
    return this.#isReading ? 0 : performance.now() - this.#lastReadAt;
  }

  #endSlow(): void {
    this.#queue.clear();
    this.options.metrics.slowConsumers.value += 1;
    this.end((cursor) => slowConsumer(this.options.queueLimit, cursor));
    this.#detach();
  }

  /** Ends before an event that could not be completed: a client that resumes from the cursor receives it again. */
  #giveUp({ event }: QueuedEvent, { service }: MissingService): IteratorResult<ExecutionResult> {
    if (!this.#isOpen) return this.#finish();
    this.#queue.clear();
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
    if (event.kind === 'position') return;
    (event.kind === 'gap' ? gaps : deliveries).value += 1;
    lag(performance.now() - receivedAt);
  }

  #detach(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#left?.abort();
    clearTimeout(this.#stallTimer);
    this.#stream?.leave(this);
    this.#stream = undefined;
    this.options.metrics.open.value -= 1;
    this.options.onLeave();
  }
}
