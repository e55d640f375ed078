import { setTimeout as wait } from 'node:timers/promises';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult } from 'graphql';
import type { Upstream } from '../upstream/upstream.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { resumeVariables } from './resume-cursor.js';
import { openStreamCount } from './live-metrics.js';
import type { EndReason, LiveEvent, Subscriber } from './subscriber.js';
import { ReconnectPolicy } from './reconnect-policy.js';
import { hasSamePrimary, type PlannedSubscription } from './planned-subscription.js';

export interface SharedStreamOptions {
  subscription: PlannedSubscription;
  upstreams: Upstreams;
  /** Milliseconds after which a stream that its subgraph never began ends with UPSTREAM_UNAVAILABLE. */
  startTimeoutMs: number;
  /** An event has come: the feed may have met another one. */
  onDelivered(cursor: unknown): void;
  /** Nobody reads it any more, or there is nothing more to read. */
  onClosed(): void;
}

/** Events that a feed remembers, for those who come back with the cursor of one of them. */
const maxRecentEvents = 32;

/** One stream of a subgraph, for all clients that get the same events. */
export class SharedStream {
  readonly #subscribers = new Set<Subscriber>();
  readonly #recent: LiveEvent[] = [];
  readonly #closing = new AbortController();
  #subscription: PlannedSubscription;
  #position: unknown;
  #source: { stream: AsyncIterator<ExecutionResult>; upstream: Upstream } | undefined;
  #running = false;
  #resuming = false;
  /** Whether it tells what happens from now on, as far as can be known. */
  #live: boolean;

  constructor(private readonly options: SharedStreamOptions) {
    this.#subscription = options.subscription;
    this.#position = options.subscription.startCursor;
    this.#live = this.#position === undefined;
  }

  /** What a client that has got to this cursor has missed of this feed; undefined when that cannot be told. */
  missedSince(cursor: unknown): LiveEvent[] | undefined {
    if (!this.#subscription.isResumable) return [];
    if (cursor === undefined) return this.#live ? [] : undefined;
    if (same(cursor, this.#position)) return [];
    const index = this.#recent.findIndex((event) => same(event.cursor, cursor));
    return index < 0 ? undefined : this.#recent.slice(index + 1);
  }

  join(member: Subscriber, missed: readonly LiveEvent[] = []): Subscriber {
    this.#subscribers.add(member);
    member.attach(this);
    for (const event of missed) member.push(event);
    if (!this.#running) void this.#run();
    return member;
  }

  /** The last to leave closes the stream. */
  leave(member: Subscriber): void {
    if (this.#subscribers.delete(member) && this.#subscribers.size === 0) this.#close();
  }

  /** Hands everyone to another feed, which has the same events. */
  mergeInto(other: SharedStream, missed: readonly LiveEvent[]): void {
    const members = [...this.#subscribers];
    this.#subscribers.clear();
    other.#live ||= this.#live;
    for (const member of members) other.join(member, missed);
    this.#close();
  }

  /** Goes on by the plan of another graph, from where it is. */
  replan(subscription: PlannedSubscription): void {
    const stays =
      hasSamePrimary(this.#subscription, subscription) && this.#source?.upstream === this.#upstream(subscription);
    this.#subscription = subscription;
    if (!stays) this.#leaveSource();
  }

  end(because: EndReason): void {
    for (const member of this.#subscribers) member.end(because);
    this.#subscribers.clear();
    this.#close();
  }

  async #run(): Promise<void> {
    this.#running = true;
    const outage = new ReconnectPolicy(this.options.startTimeoutMs);
    while (!this.#closing.signal.aborted) {
      try {
        outage.onAttempt();
        if (await this.#read(outage)) return this.end(undefined);
      } catch (failure) {
        const delay = outage.delayAfter(failure);
        if (delay === undefined) return this.end(() => outage.errorOf(failure));
        await wait(delay, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
      this.#noteInterruption();
    }
  }

  /** Reads the subgraph's stream; true when the subgraph ended it. */
  async #read(outage: ReconnectPolicy): Promise<boolean> {
    const { primary, variables } = this.#subscription;
    const upstream = this.#upstream(this.#subscription);
    if (!upstream) throw upstreamUnavailable(primary.serviceName);
    const all = resumeVariables(variables, this.#position);
    const used = Object.entries(all).filter(([name]) => primary.variableUsages?.includes(name));
    const { operation: query, operationName } = primary;
    const asked = { query, operationName, variables: Object.fromEntries(used) };
    const stream = upstream.subscribe(asked, this.#reader(), () => outage.onOpened());
    this.#source = { stream, upstream };
    const open = openStreamCount(primary.serviceName);
    open.value += 1;
    try {
      for await (const event of stream) {
        if (!this.#reads(stream)) return false;
        outage.onEstablished();
        this.#deliver(event);
      }
    } finally {
      open.value -= 1;
    }
    return this.#reads(stream);
  }

  #reads(stream: AsyncIterator<ExecutionResult>): boolean {
    return this.#source?.stream === stream;
  }

  #deliver(event: ExecutionResult): void {
    const subscription = this.#subscription;
    const cursor = subscription.cursorOf(event);
    const told: LiveEvent = { cursor, result: completion(event, subscription) };
    this.#count(subscription);
    if (cursor !== undefined) {
      this.#position = cursor;
      this.#recent.push(told);
      if (this.#recent.length > maxRecentEvents) this.#recent.shift();
    }
    for (const member of this.#subscribers) member.push(told);
    if (cursor !== undefined && this.#subscribers.size > 0) this.options.onDelivered(cursor);
  }

  /** A stream has gone on once something comes. */
  #count({ metrics }: PlannedSubscription): void {
    metrics.events.value += 1;
    if (this.#resuming) metrics.streamResumes.value += 1;
    this.#resuming = false;
  }

  #noteInterruption(): void {
    if (this.#subscription.isResumable && this.#position !== undefined) {
      this.#resuming = true;
      return;
    }
    for (const member of this.#subscribers) member.markGap();
  }

  /** The one in whose name the subgraph is asked; any will do, for they get the same. */
  #reader(): Caller {
    for (const member of this.#subscribers) return member.caller;
    return { kind: 'guest' };
  }

  #upstream({ primary }: PlannedSubscription): Upstream | undefined {
    return this.options.upstreams.get(primary.serviceName);
  }

  #leaveSource(): void {
    const source = this.#source;
    this.#source = undefined;
    void source?.stream.return?.();
  }

  #close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#leaveSource();
    this.options.onClosed();
  }
}

/** An event is completed once for each audience, when the first of them reads it. */
function completion(event: ExecutionResult, subscription: PlannedSubscription): LiveEvent['result'] {
  const results = new Map<string, Promise<ExecutionResult>>();
  return (caller) => {
    const audience = subscription.resultKey(caller);
    const result = results.get(audience) ?? subscription.complete(event, caller);
    results.set(audience, result);
    return result;
  };
}

function same(one: unknown, other: unknown): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
