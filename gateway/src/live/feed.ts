import { setTimeout as wait } from 'node:timers/promises';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult } from 'graphql';
import type { Upstream } from '../upstream/upstream.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { resumedAt } from './cursor.js';
import { openStreamsOf } from './measures.js';
import type { Ending, LiveEvent, Member } from './member.js';
import { Outage } from './outage.js';
import { sameSource, type Subscription } from './subscription.js';

export interface FeedOptions {
  subscription: Subscription;
  upstreams: Upstreams;
  /** Milliseconds after which a stream that its subgraph never began ends with UPSTREAM_UNAVAILABLE. */
  patience: number;
  /** An event has come: the feed may have met another one. */
  delivered(cursor: unknown): void;
  /** Nobody reads it any more, or there is nothing more to read. */
  over(): void;
}

/** Events that a feed remembers, for those who come back with the cursor of one of them. */
const recentEvents = 32;

/** One stream of a subgraph, for all clients that get the same events. */
export class Feed {
  readonly #members = new Set<Member>();
  readonly #recent: LiveEvent[] = [];
  readonly #closing = new AbortController();
  #subscription: Subscription;
  #position: unknown;
  #source: { stream: AsyncIterator<ExecutionResult>; upstream: Upstream } | undefined;
  #running = false;
  #resuming = false;
  /** Whether it tells what happens from now on, as far as can be known. */
  #live: boolean;

  constructor(private readonly options: FeedOptions) {
    this.#subscription = options.subscription;
    this.#position = options.subscription.start;
    this.#live = this.#position === undefined;
  }

  /** What a client that has got to this cursor has missed of this feed; undefined when that cannot be told. */
  since(cursor: unknown): LiveEvent[] | undefined {
    if (!this.#subscription.resumable) return [];
    if (cursor === undefined) return this.#live ? [] : undefined;
    if (same(cursor, this.#position)) return [];
    const index = this.#recent.findIndex((event) => same(event.cursor, cursor));
    return index < 0 ? undefined : this.#recent.slice(index + 1);
  }

  join(member: Member, missed: readonly LiveEvent[] = []): Member {
    this.#members.add(member);
    member.joined(this);
    for (const event of missed) member.push(event);
    if (!this.#running) void this.#run();
    return member;
  }

  /** The last to leave closes the stream. */
  leave(member: Member): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.#close();
  }

  /** Hands everyone to another feed, which has the same events. */
  moveTo(other: Feed, missed: readonly LiveEvent[]): void {
    const members = [...this.#members];
    this.#members.clear();
    other.#live ||= this.#live;
    for (const member of members) other.join(member, missed);
    this.#close();
  }

  /** Goes on by the plan of another graph, from where it is. */
  replan(subscription: Subscription): void {
    const stays =
      sameSource(this.#subscription, subscription) && this.#source?.upstream === this.#upstream(subscription);
    this.#subscription = subscription;
    if (!stays) this.#leaveSource();
  }

  end(because: Ending): void {
    for (const member of this.#members) member.end(because);
    this.#members.clear();
    this.#close();
  }

  async #run(): Promise<void> {
    this.#running = true;
    const outage = new Outage(this.options.patience);
    while (!this.#closing.signal.aborted) {
      try {
        outage.attempt();
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
  async #read(outage: Outage): Promise<boolean> {
    const { primary, variables } = this.#subscription;
    const upstream = this.#upstream(this.#subscription);
    if (!upstream) throw upstreamUnavailable(primary.serviceName);
    const all = resumedAt(variables, this.#position);
    const used = Object.entries(all).filter(([name]) => primary.variableUsages?.includes(name));
    const { operation: query, operationName } = primary;
    const asked = { query, operationName, variables: Object.fromEntries(used) };
    const stream = upstream.subscribe(asked, this.#reader(), () => outage.opened());
    this.#source = { stream, upstream };
    const open = openStreamsOf(primary.serviceName);
    open.value += 1;
    try {
      for await (const event of stream) {
        if (!this.#reads(stream)) return false;
        outage.over();
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
    const cursor = subscription.cursor(event);
    const told: LiveEvent = { cursor, result: completion(event, subscription) };
    this.#count(subscription);
    if (cursor !== undefined) {
      this.#position = cursor;
      this.#recent.push(told);
      if (this.#recent.length > recentEvents) this.#recent.shift();
    }
    for (const member of this.#members) member.push(told);
    if (cursor !== undefined && this.#members.size > 0) this.options.delivered(cursor);
  }

  /** A stream has gone on once something comes. */
  #count({ measures }: Subscription): void {
    measures.events.value += 1;
    if (this.#resuming) measures.streamResumes.value += 1;
    this.#resuming = false;
  }

  #noteInterruption(): void {
    if (this.#subscription.resumable && this.#position !== undefined) {
      this.#resuming = true;
      return;
    }
    for (const member of this.#members) member.markGap();
  }

  /** The one in whose name the subgraph is asked; any will do, for they get the same. */
  #reader(): Caller {
    for (const member of this.#members) return member.caller;
    return { kind: 'guest' };
  }

  #upstream({ primary }: Subscription): Upstream | undefined {
    return this.options.upstreams.named(primary.serviceName);
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
    this.options.over();
  }
}

/** An event is completed once for each audience, when the first of them reads it. */
function completion(event: ExecutionResult, subscription: Subscription): LiveEvent['result'] {
  const results = new Map<string, Promise<ExecutionResult>>();
  return (caller) => {
    const audience = subscription.audience(caller);
    const result = results.get(audience) ?? subscription.complete(event, caller);
    results.set(audience, result);
    return result;
  };
}

function same(one: unknown, other: unknown): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
