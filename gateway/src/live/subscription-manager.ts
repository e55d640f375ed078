import { setImmediate as breathe } from 'node:timers/promises';
import { subscriptionSchemaChanged } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Admission } from '../admission/admission.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { SharedStream } from './shared-stream.js';
import { Subscriber } from './subscriber.js';
import { planSubscription, type PlannedSubscription } from './planned-subscription.js';

export interface SubscriptionManagerOptions {
  engine: Engine;
  admission: Admission;
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
  readonly #operations = new Map<SharedStream, AdmittedOperation>();

  constructor(private readonly options: SubscriptionManagerOptions) {
    options.engine.onGraphChange(() => void this.#replan());
  }

  /** @throws GraphQLError when the request cannot be subscribed to */
  async subscribe(operation: AdmittedOperation, caller: () => Caller): Promise<Subscriber> {
    const subscription = await this.#plan(operation);
    const { startCursor, metrics } = subscription;
    const member = new Subscriber({ caller, startCursor, metrics, queueLimit: this.options.queueLimit });
    if (startCursor !== undefined) metrics.clientResumes.value += 1;
    const key = subscription.streamKey(operation.context.caller);
    const group = this.#groups.get(key) ?? new Set();
    for (const feed of group) {
      const missed = feed.missedSince(startCursor);
      if (missed) return feed.join(member, missed);
    }
    this.#groups.set(key, group);
    return this.#open(subscription, operation, key, group).join(member);
  }

  /** Planning takes a moment, in which the graph may become another. */
  async #plan(operation: AdmittedOperation): Promise<PlannedSubscription> {
    const { graph, context } = operation;
    const denied = (document: DocumentNode) => this.options.admission.deniedFields(graph, document, context.caller);
    const subscription = await planSubscription(graph, operation, denied);
    return this.options.engine.graph() === graph ? subscription : this.#plan(await this.#readmit(operation));
  }

  #open(
    subscription: PlannedSubscription,
    operation: AdmittedOperation,
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
        this.#operations.delete(feed);
        if (group.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
      },
    });
    group.add(feed);
    this.#operations.set(feed, operation);
    return feed;
  }

  /** Every stream goes on by the new graph, a few at a time so that nobody else waits for them. */
  async #replan(): Promise<void> {
    const graph = this.options.engine.graph();
    let started = performance.now();
    for (const [feed, operation] of [...this.#operations]) {
      if (this.options.engine.graph() !== graph) return;
      await this.#replanStream(feed, graph, operation);
      if (performance.now() - started < replanSliceMs) continue;
      await breathe();
      started = performance.now();
    }
  }

  async #replanStream(feed: SharedStream, graph: Graph, operation: AdmittedOperation): Promise<void> {
    const isCurrent = () => this.options.engine.graph() === graph;
    try {
      const subscription = await this.#plan(await this.#readmit(operation));
      if (isCurrent()) feed.replan(subscription);
    } catch (failure) {
      if (!isCurrent()) return;
      const reason = failure instanceof GraphQLError ? failure.message : 'it cannot be planned';
      feed.end((cursor) => subscriptionSchemaChanged(reason, cursor));
    }
  }

  /** @throws GraphQLError when the operation may not run on the current graph */
  async #readmit(operation: AdmittedOperation): Promise<AdmittedOperation> {
    const admitted = await this.options.admission.readmit(operation);
    if ('graph' in admitted) return admitted;
    throw admitted.errors[0] ?? new Error('A refusal has no error.');
  }
}

/** Feeds that come to the same event are one from there on. */
function mergeIfCaughtUp(feed: SharedStream, group: ReadonlySet<SharedStream>, cursor: unknown): void {
  for (const other of group) {
    const missed = other === feed ? undefined : other.missedSince(cursor);
    if (missed) return feed.mergeInto(other, missed);
  }
}
