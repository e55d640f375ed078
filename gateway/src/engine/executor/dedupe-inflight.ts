import { callerKey } from '@marquee/chassis/identity/caller-key';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import type { Fetcher, SubgraphRequest, SubgraphResponse } from '../fetcher.js';
import { copyJson } from '../json-object.js';
import type { OperationContext } from '../operation-context.js';

/** Sends fetches. Identical queries of one caller share a fetch while it is in flight. */
export interface DedupingFetcher extends Fetcher {
  /**
   * Reports a change of data: later queries do not join a fetch that started before it. Several reports in one turn of the
   * event loop count as one, since all that they report had arrived before that turn sends a fetch.
   */
  invalidate(): void;
}

/**
 * Milliseconds after its start during which identical queries may join a fetch. A client that has seen the result of a
 * mutation, possibly through another replica, sends its next query later than that, so it cannot get data from before
 * the mutation.
 */
const joinWindowMs = 5;

/** @param windowMs milliseconds after its start during which a fetch can be joined */
export function dedupeInflight(fetcher: Fetcher, windowMs = joinWindowMs): DedupingFetcher {
  const inflight = new InflightFetches(windowMs);
  let isInvalidated = false;
  const invalidate = (): void => {
    if (isInvalidated) return;
    isInvalidated = true;
    inflight.clear();
    process.nextTick(() => (isInvalidated = false));
  };
  return {
    invalidate,
    fetch(subgraph, request, context) {
      if (request.kind !== 'query') return fetcher.fetch(subgraph, request, context).finally(invalidate);
      const key = { subgraph, request, caller: callerKey(context.caller) };
      const known = inflight.find(key);
      if (known) return known.join(context);
      const fresh = new InflightFetch(key, inflight, (cancellation) =>
        fetcher.fetch(subgraph, request, { ...context, cancellation }),
      );
      inflight.add(fresh);
      return fresh.join(context);
    },
  };
}

/** Fetches with equal keys may share a response. */
interface DedupeKey {
  subgraph: string;
  request: SubgraphRequest;
  caller: string;
}

/**
 * In-flight fetches that identical queries may join. They are indexed by query text, which is the same string object
 * for every execution of an operation, and then searched linearly: few of them start within one window, however many
 * are waiting for a slow service.
 */
class InflightFetches {
  #byQuery = new Map<string, InflightFetch[]>();

  constructor(private readonly windowMs: number) {}

  find({ subgraph, request, caller }: DedupeKey): InflightFetch | undefined {
    const since = this.#windowStart();
    return this.#byQuery
      .get(request.query)
      ?.find(
        ({ startedAt, key }) =>
          startedAt > since && key.caller === caller && key.subgraph === subgraph && key.request.body === request.body,
      );
  }

  add(fetch: InflightFetch): void {
    const { query } = fetch.key.request;
    const fetches = this.#byQuery.get(query) ?? [];
    if (fetches.length === 0) this.#byQuery.set(query, fetches);
    const since = this.#windowStart();
    while (fetches[0] && fetches[0].startedAt <= since) fetches.shift();
    fetches.push(fetch);
  }

  /** Removes a fetch that has ended. */
  remove(fetch: InflightFetch): void {
    const { query } = fetch.key.request;
    const fetches = this.#byQuery.get(query);
    const index = fetches?.indexOf(fetch) ?? -1;
    if (index >= 0) fetches?.splice(index, 1);
    if (fetches?.length === 0) this.#byQuery.delete(query);
  }

  clear(): void {
    this.#byQuery = new Map();
  }

  /** Fetches that started after this time can be joined. */
  #windowStart(): number {
    return performance.now() - this.windowMs;
  }
}

/** One fetch and the operations that wait for its response. */
class InflightFetch {
  readonly startedAt = performance.now();
  readonly #cancellation = new Cancellation();
  readonly #response: Promise<SubgraphResponse>;
  #joined = 0;
  #waiting = 0;

  constructor(
    readonly key: DedupeKey,
    private readonly inflight: InflightFetches,
    fetch: (cancellation: Cancellation) => Promise<SubgraphResponse>,
  ) {
    this.#response = fetch(this.#cancellation);
  }

  /** An operation merges later data into a response, so each one gets its own copy when several have joined. */
  async join({ cancellation }: OperationContext): Promise<SubgraphResponse> {
    const leave = (): void => this.#leave();
    this.#joined += 1;
    this.#waiting += 1;
    cancellation?.onCancel(leave);
    try {
      const response = await this.#response;
      return this.#joined > 1 ? copyJson(response) : response;
    } finally {
      cancellation?.offCancel(leave);
      this.inflight.remove(this);
    }
  }

  /** Cancels the fetch when the last waiting operation is cancelled. */
  #leave(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#cancellation.cancel();
  }
}
