import { setTimeout as wait } from 'node:timers/promises';
import { reportedPosition, type ReportedPosition } from '@marquee/chassis/bus/stream-position';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult } from 'graphql';
import type { Upstream } from '../upstream/upstream.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { openStreamCount } from './live-metrics.js';
import { gapNotice, LiveEvent, type StreamResult } from './live-event.js';
import type { EndReason, SubscribedStream, Subscriber } from './subscriber.js';
import { ReconnectPolicy } from './reconnect-policy.js';
import { isSameCursor } from './resume-cursor.js';
import { hasSamePrimary, operationAfter, type PlannedSubscription } from './planned-subscription.js';
import { UnresolvedEvents } from './unresolved-events.js';

export interface SharedStreamOptions {
  subscription: PlannedSubscription;
  upstreams: Upstreams;
  /** Milliseconds after which a stream that the subgraph never started ends with UPSTREAM_UNAVAILABLE. */
  startTimeoutMs: number;
  /** Milliseconds for which a stream waits for an event that its subgraph cannot resolve. */
  patienceMs: number;
  /** Called after each event with a cursor: this stream may have caught up with another one. */
  onDelivered(cursor: unknown): void;
  /** Called once, when the last subscriber left or the stream ended. */
  onClosed(): void;
}

/** Number of recent events kept for replay to clients that resume from one of their cursors. */
const maxRecentEvents = 32;

/**
 * One subscription to a subgraph, shared by all clients that receive the same events. After an interruption it
 * reconnects as `ReconnectPolicy` decides, and resumes from the cursor of the last event. If it can resume, it reads events
 * only while one of its clients has room for them.
 */
export class SharedStream implements SubscribedStream {
  readonly #subscribers = new Set<Subscriber>();
  readonly #recent: StreamResult[] = [];
  readonly #closing = new AbortController();
  #subscription: PlannedSubscription;
  /** The cursor of the last event, or the one that the first client started from. */
  #position: unknown;
  #source: { stream: AsyncIterator<ExecutionResult>; upstream: Upstream } | undefined;
  #isRunning = false;
  /** Whether the subgraph has started it, and it was not interrupted since. */
  #isStarted = false;
  #isResuming = false;
  /** Whether events were lost in an interruption that has not ended. */
  #hasGap = false;
  /** Whether it delivers current events, not a replay of stored ones, as far as is known. */
  #isLive: boolean;
  #onRoom: () => void = () => undefined;
  readonly #unresolved: UnresolvedEvents;

  constructor(private readonly options: SharedStreamOptions) {
    this.#unresolved = new UnresolvedEvents(options.patienceMs);
    this.#subscription = options.subscription;
    this.#position = options.subscription.startCursor;
    this.#isLive = this.#position === undefined;
  }

  /** The events that a client at this cursor has missed, or undefined if this stream cannot determine them. */
  missedSince(cursor: unknown): StreamResult[] | undefined {
    if (!this.#subscription.isResumable) return [];
    if (cursor === undefined) return this.#isLive ? [] : undefined;
    if (isSameCursor(cursor, this.#position)) return [];
    const index = this.#recent.findIndex((event) => isSameCursor(event.cursor, cursor));
    return index < 0 ? undefined : this.#recent.slice(index + 1);
  }

  join(subscriber: Subscriber, missed: readonly StreamResult[] = []): void {
    this.#subscribers.add(subscriber);
    subscriber.attach(this);
    if (missed.length === 0) subscriber.startAt(this.#position);
    for (const event of missed) subscriber.push(event);
    if (!this.#subscription.isResumable) subscriber.onStart(this.#isStarted);
    this.#onRoom();
    if (!this.#isRunning) void this.#run();
  }

  /** Removes a subscriber. Without any, the stream is closed. */
  leave(subscriber: Subscriber): void {
    if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#close();
  }

  onRoom(): void {
    this.#onRoom();
  }

  /** Moves all subscribers to another stream with the same events, and closes this one. */
  mergeInto(other: SharedStream, missed: readonly StreamResult[]): void {
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    other.#isLive ||= this.#isLive;
    for (const subscriber of subscribers) other.join(subscriber, missed);
    this.#close();
  }

  /** Continues with the plan of a reloaded graph. Resubscribes, from the current position, only if the source changed. */
  replan(subscription: PlannedSubscription): void {
    const isUnchanged =
      hasSamePrimary(this.#subscription, subscription) && this.#source?.upstream === this.#upstream(subscription);
    this.#subscription = subscription;
    if (!isUnchanged) this.#closeSource();
  }

  end(reason: EndReason): void {
    for (const subscriber of this.#subscribers) subscriber.end(reason);
    this.#subscribers.clear();
    this.#close();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const reconnect = new ReconnectPolicy(this.options.startTimeoutMs);
    while (!this.#closing.signal.aborted) {
      try {
        reconnect.onAttempt();
        if (await this.#read(reconnect)) return this.end(undefined);
      } catch (failure) {
        const delay = reconnect.delayAfter(failure);
        if (delay === undefined) return this.end(() => reconnect.errorOf(failure));
        await wait(delay, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
      this.#markInterruption();
    }
  }

  /** Delivers the events of the subgraph. Resolves to true if the subgraph completed the stream. */
  async #read(reconnect: ReconnectPolicy): Promise<boolean> {
    const { serviceName } = this.#subscription.primary;
    const upstream = this.#upstream(this.#subscription);
    if (!upstream) throw upstreamUnavailable(serviceName);
    const operation = operationAfter(this.#subscription, this.#position);
    const stream = upstream.subscribe(operation, this.#anyCaller(), {
      isPatient: () => reconnect.isPatient(),
      onStarted: () => {
        reconnect.onStarted();
        this.#reportStart();
      },
    });
    this.#source = { stream, upstream };
    const open = openStreamCount(serviceName);
    open.value += 1;
    try {
      for await (const event of stream) {
        if (!this.#isCurrent(stream)) return false;
        reconnect.onEstablished();
        this.#unresolved.check(event, this.#subscription, (reason) => this.end(reason));
        this.#receive(event);
        while (!this.#hasRoom() && this.#isCurrent(stream)) await this.#untilRoom();
      }
    } finally {
      open.value -= 1;
    }
    return this.#isCurrent(stream);
  }

  #hasRoom(): boolean {
    if (!this.#subscription.isResumable) return true;
    for (const { hasRoom } of this.#subscribers) if (hasRoom) return true;
    return false;
  }

  /** Clients for which only new events count must not join a stream that falls behind. */
  #untilRoom(): Promise<void> {
    this.#isLive = false;
    return new Promise((resolve) => (this.#onRoom = resolve));
  }

  #isCurrent(stream: AsyncIterator<ExecutionResult>): boolean {
    return this.#source?.stream === stream;
  }

  #receive(event: ExecutionResult): void {
    const subscription = this.#subscription;
    const position = reportedPosition(event);
    if (position) return this.#moveTo(position);
    this.#count(subscription);
    this.#deliver(new LiveEvent(event, subscription, this.#position, this.#subscribers.size));
  }

  /** Continues at the position that the subgraph reports. */
  #moveTo({ cursor, gap }: ReportedPosition): void {
    if (gap) return this.#deliver(gapNotice(cursor));
    this.#position = cursor;
    for (const subscriber of this.#subscribers) subscriber.startAt(cursor);
  }

  #deliver(result: StreamResult): void {
    const { cursor } = result;
    if (cursor !== undefined) {
      this.#position = cursor;
      this.#recent.push(result);
      if (this.#recent.length > maxRecentEvents) this.#recent.shift();
    }
    for (const subscriber of this.#subscribers) subscriber.push(result);
    if (cursor !== undefined && this.#subscribers.size > 0) this.options.onDelivered(cursor);
  }

  /** A stream counts as resumed once its first event after the interruption arrives. */
  #count({ metrics }: PlannedSubscription): void {
    metrics.events.value += 1;
    if (this.#isResuming) metrics.streamResumes.value += 1;
    this.#isResuming = false;
  }

  #markInterruption(): void {
    this.#isStarted = false;
    if (this.#subscription.isResumable && this.#position !== undefined) {
      this.#isResuming = true;
      return;
    }
    this.#hasGap = true;
  }

  /** Reports the start, after a gap if there is one: data that a client reads before may be outdated. */
  #reportStart(): void {
    if (this.#hasGap) this.#deliver(gapNotice());
    [this.#hasGap, this.#isStarted] = [false, true];
    if (this.#subscription.isResumable) return;
    for (const subscriber of this.#subscribers) subscriber.onStart(true);
  }

  /** The caller to subscribe as. Any subscriber will do, because all receive the same events. */
  #anyCaller(): Caller {
    for (const subscriber of this.#subscribers) return subscriber.caller;
    return { kind: 'guest' };
  }

  #upstream({ primary }: PlannedSubscription): Upstream | undefined {
    return this.options.upstreams.get(primary.serviceName);
  }

  #closeSource(): void {
    const source = this.#source;
    this.#source = undefined;
    void source?.stream.return?.();
    this.#onRoom();
  }

  #close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#closeSource();
    this.options.onClosed();
  }
}
