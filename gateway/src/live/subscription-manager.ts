import { setImmediate as breathe } from 'node:timers/promises';
import { badInput, subscriptionSchemaChanged } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Guard } from '../admission/operation-rules.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { SharedStream } from './shared-stream.js';
import { Subscriber } from './subscriber.js';
import { type LiveRequest, readOperation } from './live-operation.js';
import { planSubscription, type PlannedSubscription } from './planned-subscription.js';

export interface SubscriptionManagerOptions {
  engine: Engine;
  guard: Guard;
  upstreams: Upstreams;
  /** Events that may wait for one client. */
  queueLimit: number;
  /** Milliseconds after which a stream that its subgraph never began ends with UPSTREAM_UNAVAILABLE. */
  startTimeoutMs: number;
}

/** Milliseconds that planning subscriptions again may take at a time. */
const replanSliceMs = 5;

/** All subscriptions of this process: brings clients that get the same events together in feeds. */
export class SubscriptionManager {
  readonly #groups = new Map<string, Set<SharedStream>>();
  readonly #requests = new Map<SharedStream, SubscriptionRequest>();

  constructor(private readonly options: SubscriptionManagerOptions) {
    options.engine.gateway.onSchemaLoadOrUpdate(() => void this.#replan());
  }

  /** @throws GraphQLError when the request cannot be subscribed to */
  async subscribe(request: LiveRequest, caller: () => Caller): Promise<Subscriber> {
    const asked = { request, caller: caller() };
    const subscription = await this.#plan(asked);
    const { startCursor, metrics } = subscription;
    const member = new Subscriber({ caller, startCursor, metrics, queueLimit: this.options.queueLimit });
    if (startCursor !== undefined) metrics.clientResumes.value += 1;
    const key = subscription.streamKey(asked.caller);
    const group = this.#groups.get(key) ?? new Set();
    for (const feed of group) {
      const missed = feed.missedSince(startCursor);
      if (missed) return feed.join(member, missed);
    }
    this.#groups.set(key, group);
    return this.#open(subscription, asked, key, group).join(member);
  }

  /** Planning takes a moment, in which the graph may become another. */
  async #plan(asked: SubscriptionRequest): Promise<PlannedSubscription> {
    const graph = this.options.engine.graph();
    const subscription = await this.#planOn(graph, asked);
    return this.options.engine.graph() === graph ? subscription : this.#plan(asked);
  }

  #open(
    subscription: PlannedSubscription,
    asked: SubscriptionRequest,
    key: string,
    group: Set<SharedStream>,
  ): SharedStream {
    const feed: SharedStream = new SharedStream({
      subscription,
      upstreams: this.options.upstreams,
      startTimeoutMs: this.options.startTimeoutMs,
      onDelivered: (cursor) => mergeIfCaughtUp(feed, group, cursor),
      onClosed: () => {
        group.delete(feed);
        this.#requests.delete(feed);
        if (group.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
      },
    });
    group.add(feed);
    this.#requests.set(feed, asked);
    return feed;
  }

  /** Every stream goes on by the new graph, a few at a time so that nobody else waits for them. */
  async #replan(): Promise<void> {
    const graph = this.options.engine.graph();
    let started = performance.now();
    for (const [feed, asked] of [...this.#requests]) {
      if (this.options.engine.graph() !== graph) return;
      await this.#replanStream(feed, graph, asked);
      if (performance.now() - started < replanSliceMs) continue;
      await breathe();
      started = performance.now();
    }
  }

  async #replanStream(feed: SharedStream, graph: Graph, asked: SubscriptionRequest): Promise<void> {
    const isCurrent = () => this.options.engine.graph() === graph;
    try {
      const subscription = await this.#planOn(graph, asked);
      if (isCurrent()) feed.replan(subscription);
    } catch (failure) {
      if (!isCurrent()) return;
      const reason = failure instanceof GraphQLError ? failure.message : 'it cannot be planned';
      feed.end((cursor) => subscriptionSchemaChanged(reason, cursor));
    }
  }

  /** @throws GraphQLError for the first thing that is wrong with it */
  async #planOn(graph: Graph, { request, caller }: SubscriptionRequest): Promise<PlannedSubscription> {
    const operation = await readOperation(this.options.guard, graph, request, caller);
    const refused = (document: DocumentNode) => this.options.guard.deniedFields(graph, document, caller);
    if (!('faults' in operation)) return planSubscription(graph, operation, refused);
    throw operation.faults[0] ?? badInput({ path: 'query', message: 'it cannot be read' });
  }
}

/** What a feed was opened for, and for whom: others who share it may see the same. */
interface SubscriptionRequest {
  request: LiveRequest;
  caller: Caller;
}

/** Feeds that come to the same event are one from there on. */
function mergeIfCaughtUp(feed: SharedStream, group: ReadonlySet<SharedStream>, cursor: unknown): void {
  for (const other of group) {
    const missed = other === feed ? undefined : other.missedSince(cursor);
    if (missed) return feed.mergeInto(other, missed);
  }
}
