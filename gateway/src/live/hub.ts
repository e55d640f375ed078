import { setImmediate as breathe } from 'node:timers/promises';
import { badInput, subscriptionSchemaChanged } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Guard } from '../admission/operation-rules.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { Feed } from './feed.js';
import { Member } from './member.js';
import { type LiveRequest, readOperation } from './operation.js';
import { planSubscription, type Subscription } from './subscription.js';

export interface HubOptions {
  engine: Engine;
  guard: Guard;
  upstreams: Upstreams;
  /** Events that may wait for one client. */
  queueLimit: number;
  /** Milliseconds after which a stream that its subgraph never began ends with UPSTREAM_UNAVAILABLE. */
  patience: number;
}

/** Milliseconds that planning subscriptions again may take at a time. */
const slice = 5;

/** All subscriptions of this process: brings clients that get the same events together in feeds. */
export class Hub {
  readonly #groups = new Map<string, Set<Feed>>();
  readonly #requests = new Map<Feed, Asked>();

  constructor(private readonly options: HubOptions) {
    options.engine.gateway.onSchemaLoadOrUpdate(() => void this.#replan());
  }

  /** @throws GraphQLError when the request cannot be subscribed to */
  async subscribe(request: LiveRequest, caller: () => Caller): Promise<Member> {
    const asked = { request, caller: caller() };
    const subscription = await this.#planned(asked);
    const { start, measures } = subscription;
    const member = new Member({ caller, start, measures, queueLimit: this.options.queueLimit });
    if (start !== undefined) measures.clientResumes.value += 1;
    const key = subscription.key(asked.caller);
    const group = this.#groups.get(key) ?? new Set();
    for (const feed of group) {
      const missed = feed.since(start);
      if (missed) return feed.join(member, missed);
    }
    this.#groups.set(key, group);
    return this.#open(subscription, asked, key, group).join(member);
  }

  /** Planning takes a moment, in which the graph may become another. */
  async #planned(asked: Asked): Promise<Subscription> {
    const graph = this.options.engine.graph();
    const subscription = await this.#plannedOn(graph, asked);
    return this.options.engine.graph() === graph ? subscription : this.#planned(asked);
  }

  #open(subscription: Subscription, asked: Asked, key: string, group: Set<Feed>): Feed {
    const feed: Feed = new Feed({
      subscription,
      upstreams: this.options.upstreams,
      patience: this.options.patience,
      delivered: (cursor) => meet(feed, group, cursor),
      over: () => {
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
      await this.#moveOn(feed, graph, asked);
      if (performance.now() - started < slice) continue;
      await breathe();
      started = performance.now();
    }
  }

  async #moveOn(feed: Feed, graph: Graph, asked: Asked): Promise<void> {
    const isCurrent = () => this.options.engine.graph() === graph;
    try {
      const subscription = await this.#plannedOn(graph, asked);
      if (isCurrent()) feed.replan(subscription);
    } catch (failure) {
      if (!isCurrent()) return;
      const reason = failure instanceof GraphQLError ? failure.message : 'it cannot be planned';
      feed.end((cursor) => subscriptionSchemaChanged(reason, cursor));
    }
  }

  /** @throws GraphQLError for the first thing that is wrong with it */
  async #plannedOn(graph: Graph, { request, caller }: Asked): Promise<Subscription> {
    const operation = await readOperation(this.options.guard, graph, request, caller);
    const refused = (document: DocumentNode) => this.options.guard.refused(graph, document, caller);
    if (!('faults' in operation)) return planSubscription(graph, operation, refused);
    throw operation.faults[0] ?? badInput({ path: 'query', message: 'it cannot be read' });
  }
}

/** What a feed was opened for, and for whom: others who share it may see the same. */
interface Asked {
  request: LiveRequest;
  caller: Caller;
}

/** Feeds that come to the same event are one from there on. */
function meet(feed: Feed, group: ReadonlySet<Feed>, cursor: unknown): void {
  for (const other of group) {
    const missed = other === feed ? undefined : other.since(cursor);
    if (missed) return feed.moveTo(other, missed);
  }
}
