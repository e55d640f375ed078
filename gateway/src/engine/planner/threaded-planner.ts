import type { QueryPlan } from '@apollo/query-planner';
import { type GraphQLError, print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { Requesters } from '../requesters.js';
import type { Planner } from './in-process-planner.js';
import type { PlanRequest, Subgraph, SupergraphInfo } from './planner-messages.js';
import { PlannerQueue } from './planner-queue.js';
import { buildSchemaInSlices } from './schema-slices.js';
import { deserializeError } from './validate-document.js';
import { acquireWorker, type PlannerWorker, releaseWorker, WorkerExitedError } from './worker-pool.js';

/** A planner whose work runs in a worker thread. */
export interface ThreadedPlanner extends Planner {
  subgraphs: readonly Subgraph[];
  /** Frees the thread after a newer supergraph was loaded. Requests in flight can still plan. */
  release(): void;
}

/** Bounds of the cached plans. The size is that of their documents: a value within one may be long. */
const cacheLimits = { max: 1_000, maxSize: 4 * 1024 * 1024 };

/**
 * Loads a supergraph in a worker thread, which takes hundreds of milliseconds. The calling thread only builds the two
 * schemas, in slices, from SDL that the worker has validated.
 *
 * @throws Error with the reason when the SDL is not a supergraph
 */
export async function openThreadedPlanner(sdl: string): Promise<ThreadedPlanner> {
  const session = await PlannerSession.open(sdl);
  const { subgraphs, apiSlices, supergraphSlices, plannerFields } = session.info;
  return {
    sdl,
    subgraphs,
    schema: await buildSchemaInSlices(apiSlices),
    supergraphSchema: await buildSchemaInSlices(supergraphSlices),
    plannerFields,
    validate: (document, requesters) => session.validate(document.loc?.source.body ?? print(document), requesters),
    plan: cachePlans(session),
    release: () => session.release(),
  };
}

function cachePlans(session: PlannerSession): Planner['plan'] {
  const sizeCalculation = (_: unknown, key: string): number => key.length;
  const cache = new LRUCache<string, Promise<QueryPlan>>({ ...cacheLimits, sizeCalculation });
  return (document, operationName, requesters, labels = []) => {
    const text = print(document);
    const key = `${operationName ?? ''} ${labels.join(' ')} ${text}`;
    const known = cache.get(key);
    if (known) return known;
    const fresh = session.plan({ text, operationName, labels }, requesters);
    cache.set(key, fresh);
    // A failure may be temporary.
    fresh.catch(() => cache.delete(key));
    return fresh;
  };
}

/** One supergraph on a worker thread. The worker is replaced if it exits, and acquired again if it was released. */
class PlannerSession {
  #worker: Promise<PlannerWorker> | undefined;
  readonly #queue = new PlannerQueue({ stop: () => void this.#worker?.then((worker) => worker.terminate()) });
  #pending = 0;
  #isReleased = false;

  private constructor(
    private readonly sdl: string,
    worker: PlannerWorker,
    readonly info: SupergraphInfo,
  ) {
    this.#worker = Promise.resolve(worker);
  }

  static async open(sdl: string): Promise<PlannerSession> {
    return new PlannerSession(sdl, ...(await loadWorker(sdl)));
  }

  plan(request: PlanRequest, requesters = new Requesters()): Promise<QueryPlan> {
    return this.#queue.run(() => this.#withWorker((worker) => worker.request(request)), requesters);
  }

  /** @param document the text of a document without syntax errors */
  async validate(document: string, requesters = new Requesters()): Promise<GraphQLError[]> {
    const validate = () => this.#withWorker((worker) => worker.request({ document }));
    const errors = await this.#queue.run(validate, requesters);
    return errors.map((error) => deserializeError(document, error));
  }

  /** Releases the worker once no request is pending. A later request acquires one for its own duration. */
  release(): void {
    this.#isReleased = true;
    this.#releaseIfIdle();
  }

  async #withWorker<Response>(send: (worker: PlannerWorker) => Promise<Response>): Promise<Response> {
    this.#pending += 1;
    try {
      this.#worker ??= loadWorker(this.sdl).then(([worker]) => worker);
      return await send(await this.#worker);
    } catch (error) {
      if (error instanceof WorkerExitedError) this.#worker = undefined;
      throw error;
    } finally {
      this.#pending -= 1;
      this.#releaseIfIdle();
    }
  }

  #releaseIfIdle(): void {
    if (!this.#isReleased || this.#pending > 0) return;
    void this.#worker?.then(releaseWorker, () => undefined);
    this.#worker = undefined;
  }
}

/** A worker that has loaded the supergraph. */
async function loadWorker(sdl: string): Promise<[PlannerWorker, SupergraphInfo]> {
  const worker = acquireWorker();
  try {
    return [worker, await worker.request({ sdl })];
  } catch (error) {
    releaseWorker(worker);
    throw error;
  }
}
