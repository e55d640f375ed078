import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { subscriptionSchemaChanged } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Admission } from '../admission/admission.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import { ownOrigin } from '../engine/requesters.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { SharedStream } from './shared-stream.js';
import type { StreamLimits } from './stream-limits.js';
import { Subscriber } from './subscriber.js';
import { planSubscription, type PlannedSubscription } from './planned-subscription.js';

export interface SubscriptionManagerOptions {
  engine: Engine;
  admission: Admission;
  upstreams: Upstreams;
  /** Maximum number of queued events per subscription of a client. */
  queueLimit: number;
  /** Milliseconds after which a stream that its subgraph never started ends with UPSTREAM_UNAVAILABLE. */
  startTimeoutMs: number;
  limits: StreamLimits;
}

/** Milliseconds for which replanning may block the event loop at a time. */
const replanSliceMs = 5;

/** Manages all subscriptions of this process: clients that receive the same events share one stream to the subgraph. */
export class SubscriptionManager {
  /** By `streamKey`: the streams with the same events, which differ only in their position. */
  readonly #groups = new Map<string, Set<SharedStream>>();
  readonly #operations = new Map<SharedStream, AdmittedOperation>();

  constructor(private readonly options: SubscriptionManagerOptions) {
    options.engine.onGraphChange(() => void this.#replan());
  }

  /**
   * Subscribes a client: joins a stream that can replay the missed events, or opens a new one.
   * @throws GraphQLError if the operation cannot be planned; RATE_LIMITED if too many streams of its origin are open
   */
  async subscribe(operation: AdmittedOperation, caller: () => Caller): Promise<Subscriber> {
    const subscription = await this.#plan(operation);
    const { startCursor, metrics } = subscription;
    const key = subscription.streamKey(operation.context.caller);
    const { queueLimit, limits } = this.options;
    const onLeave = limits.acquire(operation.context.origin ?? ownOrigin, key);
    const subscriber = new Subscriber({ caller, startCursor, metrics, queueLimit, onLeave });
    if (startCursor !== undefined) metrics.clientResumes.value += 1;
    const group = this.#groups.get(key) ?? new Set();
    for (const stream of group) {
      const missed = stream.missedSince(startCursor);
      if (missed) return stream.join(subscriber, missed);
    }
    this.#groups.set(key, group);
    return this.#open(subscription, operation, key, group).join(subscriber);
  }

  /** Plans again if the graph was reloaded in the meantime. */
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
    const stream: SharedStream = new SharedStream({
      subscription,
      upstreams: this.options.upstreams,
      startTimeoutMs: this.options.startTimeoutMs,
      onDelivered: (cursor) => mergeIfCaughtUp(stream, group, cursor),
      onClosed: () => {
        group.delete(stream);
        this.#operations.delete(stream);
        if (group.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
      },
    });
    group.add(stream);
    this.#operations.set(stream, operation);
    return stream;
  }

  /** Replans all streams on the reloaded graph, in slices that do not block other requests. */
  async #replan(): Promise<void> {
    const graph = this.options.engine.graph();
    let started = performance.now();
    for (const [stream, operation] of [...this.#operations]) {
      if (this.options.engine.graph() !== graph) return;
      await this.#replanStream(stream, graph, operation);
      if (performance.now() - started < replanSliceMs) continue;
      await yieldToEventLoop();
      started = performance.now();
    }
  }

  async #replanStream(stream: SharedStream, graph: Graph, operation: AdmittedOperation): Promise<void> {
    const isCurrent = () => this.options.engine.graph() === graph;
    try {
      const subscription = await this.#plan(await this.#readmit(operation));
      if (isCurrent()) stream.replan(subscription);
    } catch (failure) {
      if (!isCurrent()) return;
      const reason = failure instanceof GraphQLError ? failure.message : 'the subscription cannot be planned';
      stream.end((cursor) => subscriptionSchemaChanged(reason, cursor));
    }
  }

  /** @throws GraphQLError if the operation is not admitted on the current graph */
  async #readmit(operation: AdmittedOperation): Promise<AdmittedOperation> {
    const admitted = await this.options.admission.readmit(operation);
    if ('graph' in admitted) return admitted;
    throw admitted.errors[0] ?? new Error('A refusal has no error.');
  }
}

/** Merges a stream into another one of its group as soon as both are at the same event. */
function mergeIfCaughtUp(stream: SharedStream, group: ReadonlySet<SharedStream>, cursor: unknown): void {
  for (const other of group) {
    const missed = other === stream ? undefined : other.missedSince(cursor);
    if (missed) return stream.mergeInto(other, missed);
  }
}
