import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { subscriptionSchemaChanged } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Admission } from '../admission/admission.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { CostBudget } from '../admission/rates/cost-budget.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import { ownOrigin } from '../engine/requesters.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { type ResumeRequest, withoutCursors } from './resume-request.js';
import { SharedStream } from './shared-stream.js';
import type { StreamLimits } from './stream-limits.js';
import { type EndReason, Subscriber } from './subscriber.js';
import { planSubscription, type PlannedSubscription } from './planned-subscription.js';

export interface SubscriptionManagerOptions {
  engine: Engine;
  admission: Admission;
  upstreams: Upstreams;
  /** Maximum number of queued events per subscription of a client. */
  queueLimit: number;
  /** Milliseconds for which an event waits for the services that complete it, before its subscription ends. */
  patienceMs: number;
  /** Milliseconds after which a stream that its subgraph never started ends with UPSTREAM_UNAVAILABLE. */
  startTimeoutMs: number;
  limits: StreamLimits;
  /** Charges delivered events; absent without a limit of costs. */
  budget?: Pick<CostBudget, 'chargeEvents'> | undefined;
}

/** The streams with the same events, which differ only in their position. */
interface StreamGroup {
  /** Their `streamKey`. It contains the text of the subscription, so all its subscribers refer to this one. */
  key: string;
  streams: Set<SharedStream>;
}

/** Milliseconds for which replanning may block the event loop at a time. */
const replanSliceMs = 5;

/** Manages all subscriptions of this process: clients that receive the same events share one stream to the subgraph. */
export class SubscriptionManager {
  readonly #groups = new Map<string, StreamGroup>();
  readonly #operations = new Map<SharedStream, AdmittedOperation>();

  constructor(private readonly options: SubscriptionManagerOptions) {
    options.engine.onGraphChange(() => void this.#replan());
  }

  /**
   * Subscribes a client: joins a stream that can replay the missed events, or opens a new one.
   * @throws GraphQLError if the operation cannot be planned, BAD_USER_INPUT for an invalid cursor; RATE_LIMITED if too
   * many streams of its origin are open
   */
  async subscribe(
    operation: AdmittedOperation,
    caller: () => Caller,
    resumption: ResumeRequest = withoutCursors,
  ): Promise<Subscriber> {
    const { after: _, ...reports } = resumption;
    const subscription = startAfter(await this.#plan(operation), resumption);
    const { startCursor, metrics } = subscription;
    const { key } = this.#groupOf(subscription, operation);
    const { queueLimit, patienceMs, limits, budget } = this.options;
    const charge = budget?.chargeEvents(operation);
    const origin = operation.context.origin ?? ownOrigin;
    const onLeave = limits.acquire(origin, key);
    const onReadOn = (cursor: unknown) => void this.#rejoin(subscriber, operation, cursor);
    const client = { caller, lane: origin.address, startCursor, ...reports };
    const options = { ...client, metrics, queueLimit, patienceMs, charge, onLeave, onReadOn };
    const subscriber: Subscriber = new Subscriber(options);
    if (startCursor !== undefined) metrics.clientResumes.value += 1;
    this.#join(subscriber, subscription, operation);
    return subscriber;
  }

  /** Joins a stream that can replay the events since the start cursor, or opens a new one. */
  #join(subscriber: Subscriber, subscription: PlannedSubscription, operation: AdmittedOperation): void {
    const group = this.#groupOf(subscription, operation);
    for (const stream of group.streams) {
      const missed = stream.missedSince(subscription.startCursor);
      if (missed) return stream.join(subscriber, missed);
    }
    this.#groups.set(group.key, group);
    this.#open(subscription, operation, group).join(subscriber);
  }

  /** The streams with the same events, or none so far. */
  #groupOf(subscription: PlannedSubscription, operation: AdmittedOperation): StreamGroup {
    const key = subscription.streamKey(operation.context.caller);
    return this.#groups.get(key) ?? { key, streams: new Set() };
  }

  /** Lets a subscriber continue after a cursor, on the current graph. */
  async #rejoin(subscriber: Subscriber, operation: AdmittedOperation, startCursor: unknown): Promise<void> {
    try {
      const isCurrent = this.options.engine.graph() === operation.graph;
      const current = isCurrent ? operation : await this.#readmit(operation);
      const subscription = await this.#plan(current);
      if (!subscriber.hasEnded) this.#join(subscriber, { ...subscription, startCursor }, current);
    } catch (failure) {
      subscriber.end(schemaChanged(failure));
    }
  }

  /** Plans again if the graph was reloaded in the meantime. */
  async #plan(operation: AdmittedOperation): Promise<PlannedSubscription> {
    const { graph, context } = operation;
    const denied = (document: DocumentNode) => this.options.admission.deniedFields(graph, document, context.caller);
    const subscription = await planSubscription(graph, operation, denied);
    return this.options.engine.graph() === graph ? subscription : this.#plan(await this.#readmit(operation));
  }

  #open(subscription: PlannedSubscription, operation: AdmittedOperation, group: StreamGroup): SharedStream {
    const stream: SharedStream = new SharedStream({
      subscription,
      upstreams: this.options.upstreams,
      startTimeoutMs: this.options.startTimeoutMs,
      patienceMs: this.options.patienceMs,
      onDelivered: (cursor) => mergeIfCaughtUp(stream, group.streams, cursor),
      onClosed: () => {
        group.streams.delete(stream);
        this.#operations.delete(stream);
        if (group.streams.size === 0 && this.#groups.get(group.key) === group) this.#groups.delete(group.key);
      },
    });
    group.streams.add(stream);
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
      stream.end(schemaChanged(failure));
    }
  }

  /** @throws GraphQLError if the operation is not admitted on the current graph */
  async #readmit(operation: AdmittedOperation): Promise<AdmittedOperation> {
    const admitted = await this.options.admission.readmit(operation);
    if ('graph' in admitted) return admitted;
    throw admitted.errors[0] ?? new Error('A refusal has no error.');
  }
}

/** The last event that the client received comes after the cursor in its operation, which it sends unchanged. */
function startAfter(subscription: PlannedSubscription, { after }: ResumeRequest): PlannedSubscription {
  if (!after || !subscription.isResumable) return subscription;
  return { ...subscription, startCursor: subscription.cursorOfText(after) };
}

function schemaChanged(failure: unknown): EndReason {
  const reason = failure instanceof GraphQLError ? failure.message : 'the subscription cannot be planned';
  return (cursor) => subscriptionSchemaChanged(reason, cursor);
}

/** Merges a stream into another one of its group as soon as both are at the same event. */
function mergeIfCaughtUp(stream: SharedStream, group: ReadonlySet<SharedStream>, cursor: unknown): void {
  for (const other of group) {
    const missed = other === stream ? undefined : other.missedSince(cursor);
    if (missed) return stream.mergeInto(other, missed);
  }
}
