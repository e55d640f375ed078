import { setImmediate as breathe } from 'node:timers/promises';
import { subscriptionSchemaChanged } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { GraphQLError } from 'graphql';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { Feed } from './feed.js';
import { Member } from './member.js';
import { type LiveRequest, readOperation, subscriptionFaults } from './operation.js';
import { planSubscription, type Subscription } from './subscription.js';

export interface HubOptions {
  engine: Engine;
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
  readonly #requests = new Map<Feed, LiveRequest>();

  constructor(private readonly options: HubOptions) {
    options.engine.gateway.onSchemaLoadOrUpdate(() => void this.#replan());
  }

  /** @throws GraphQLError when the request cannot be subscribed to */
  async subscribe(request: LiveRequest, caller: () => Caller): Promise<Member> {
    const subscription = await this.#planned(request);
    const { start } = subscription;
    const member = new Member({ caller, start, queueLimit: this.options.queueLimit });
    const key = subscription.key(caller());
    const group = this.#groups.get(key) ?? new Set();
    for (const feed of group) {
      const missed = feed.since(start);
      if (missed) return feed.join(member, missed);
    }
    this.#groups.set(key, group);
    return this.#open(subscription, request, key, group).join(member);
  }

  /** Planning takes a moment, in which the graph may become another. */
  async #planned(request: LiveRequest): Promise<Subscription> {
    const graph = this.options.engine.graph();
    const subscription = await planned(graph, request);
    return this.options.engine.graph() === graph ? subscription : this.#planned(request);
  }

  #open(subscription: Subscription, request: LiveRequest, key: string, group: Set<Feed>): Feed {
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
    this.#requests.set(feed, request);
    return feed;
  }

  /** Every stream goes on by the new graph, a few at a time so that nobody else waits for them. */
  async #replan(): Promise<void> {
    const graph = this.options.engine.graph();
    let started = performance.now();
    for (const [feed, request] of [...this.#requests]) {
      if (this.options.engine.graph() !== graph) return;
      await moveOn(feed, graph, request, () => this.options.engine.graph() === graph);
      if (performance.now() - started < slice) continue;
      await breathe();
      started = performance.now();
    }
  }
}

/** Feeds that come to the same event are one from there on. */
function meet(feed: Feed, group: ReadonlySet<Feed>, cursor: unknown): void {
  for (const other of group) {
    const missed = other === feed ? undefined : other.since(cursor);
    if (missed) return feed.moveTo(other, missed);
  }
}

async function moveOn(feed: Feed, graph: Graph, request: LiveRequest, current: () => boolean): Promise<void> {
  try {
    const subscription = await planned(graph, request);
    if (current()) feed.replan(subscription);
  } catch (failure) {
    if (!current()) return;
    const reason = failure instanceof GraphQLError ? failure.message : 'it cannot be planned';
    feed.end((cursor) => subscriptionSchemaChanged(reason, cursor));
  }
}

/** @throws GraphQLError for the first thing that is wrong with it */
async function planned(graph: Graph, request: LiveRequest): Promise<Subscription> {
  const operation = readOperation(graph, request);
  const [fault] = subscriptionFaults(graph, request.query, operation);
  if (fault) throw fault;
  return planSubscription(graph, operation);
}
