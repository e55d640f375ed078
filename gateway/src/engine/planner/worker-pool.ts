import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { QueryPlan } from '@apollo/query-planner';
import type {
  LoadRequest,
  PlannerRequest,
  PlannerResult,
  PlanRequest,
  RequestMessage,
  ResponseMessage,
  SupergraphInfo,
  ValidateRequest,
} from './planner-messages.js';
import type { SerializedError } from './validate-document.js';

/** The worker thread exited before it responded. */
export class WorkerExitedError extends Error {
  constructor(cause?: unknown) {
    super(`The planner thread exited: ${cause instanceof Error ? cause.message : 'unknown reason'}`, { cause });
    this.name = 'WorkerExitedError';
  }
}

/** Milliseconds for which an unused worker is kept, because a reload needs a second one for the new supergraph. */
const idleMs = 10_000;

let idle: { worker: PlannerWorker; timer: NodeJS.Timeout } | undefined;

/** A worker for one supergraph: the idle one if there is one, or a new one. */
export function acquireWorker(): PlannerWorker {
  const kept = idle;
  idle = undefined;
  clearTimeout(kept?.timer);
  return kept && !kept.worker.hasExited ? kept.worker : new PlannerWorker();
}

/** Returns a worker without pending requests. */
export function releaseWorker(worker: PlannerWorker): void {
  if (idle || worker.hasExited) return worker.terminate();
  idle = { worker, timer: setTimeout(() => terminateIdle(worker), idleMs).unref() };
}

function terminateIdle(worker: PlannerWorker): void {
  idle = undefined;
  worker.terminate();
}

interface PendingRequest {
  resolve(value: PlannerResult): void;
  reject(error: Error): void;
}

/** Workers always run the built file, also when a test imports this one from source. */
const script = new URL('../../../dist/engine/planner/worker-entry.js', import.meta.url);

/** MiB of the young generation of a planner thread. Its objects are mostly those of plans, which live on. */
const youngMegabytes = 8;

/**
 * Starts a thread with limits of its own: a document that exhausts them ends the thread, and not the process. Two threads
 * run during a reload, each with up to half of the heap of the main thread.
 */
function startThread(): Worker {
  const { heap_size_limit: heapLimit } = getHeapStatistics();
  const maxOldGenerationSizeMb = Math.floor(heapLimit / 2 ** 20 / 2);
  // V8 prefers the flags of the process to the limits of a thread. The main thread has applied them already.
  for (const flag of ['min', 'max']) setFlagsFromString(`--${flag}-semi-space-size=0`);
  // Without the process's own options: an `--import` would run in the thread as well.
  const resourceLimits = { maxOldGenerationSizeMb, maxYoungGenerationSizeMb: youngMegabytes };
  return new Worker(script, { execArgv: [], resourceLimits });
}

/** The client side of a planner thread. It keeps the process alive only while requests are pending. */
export class PlannerWorker {
  readonly #worker = startThread();
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;
  #hasExited = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (message: ResponseMessage) => this.#onResponse(message));
    this.#worker.on('error', (cause) => this.#onExit(cause));
    this.#worker.on('exit', () => this.#onExit());
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  /** @throws Error with the reason when the content of the request is invalid; WorkerExitedError when the thread exits */
  request(request: LoadRequest): Promise<SupergraphInfo>;
  request(request: ValidateRequest): Promise<SerializedError[]>;
  request(request: PlanRequest): Promise<QueryPlan>;
  request(request: PlannerRequest): Promise<PlannerResult> {
    if (this.#hasExited) return Promise.reject(new WorkerExitedError());
    const id = (this.#lastId += 1);
    this.#worker.ref();
    this.#worker.postMessage({ ...request, id } satisfies RequestMessage);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  #onResponse(message: ResponseMessage): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('error' in message) pending?.reject(new Error(message.error));
    else pending?.resolve(message.value);
  }

  #onExit(cause?: unknown): void {
    this.#hasExited = true;
    for (const { reject } of this.#pending.values()) reject(new WorkerExitedError(cause));
    this.#pending.clear();
  }
}
