import { Worker } from 'node:worker_threads';
import type { QueryPlan } from '@apollo/query-planner';
import type { Fault } from './faults.js';
import type { Answer, Described, Fitting, Loading, Numbered, PlanQuestion, Question, Value } from './messages.js';

/** The thread ended before it answered. */
export class ThreadLost extends Error {
  constructor(cause?: unknown) {
    super(`The thread that plans has ended: ${cause instanceof Error ? cause.message : 'nobody knows why'}`, { cause });
    this.name = 'ThreadLost';
  }
}

/** A thread that nobody uses is kept so long, in milliseconds: a reload needs one for the new supergraph. */
const idleTime = 10_000;

let idle: { thread: Thread; end: NodeJS.Timeout } | undefined;

/** A thread for one supergraph: the one that is idle, or a new one. */
export function takeThread(): Thread {
  const kept = idle;
  idle = undefined;
  clearTimeout(kept?.end);
  return kept && !kept.thread.lost ? kept.thread : new Thread();
}

/** Gives a thread back that nothing is asked of any more. */
export function giveBack(thread: Thread): void {
  if (idle || thread.lost) return thread.end();
  idle = { thread, end: setTimeout(() => endIdle(thread), idleTime).unref() };
}

function endIdle(thread: Thread): void {
  idle = undefined;
  thread.end();
}

interface Waiting {
  resolve(value: Value): void;
  reject(failure: Error): void;
}

/** Threads run what is built, also when this is the source that a test reads, and nothing that was put before the process. */
const script = new URL('../../../dist/engine/planner/thread.js', import.meta.url);

/** A thread that takes supergraphs in and plans. It keeps the process alive while it is asked something, and only then. */
export class Thread {
  readonly #worker = new Worker(script, { execArgv: [] });
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #lost = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.on('error', (cause) => this.#ended(cause));
    this.#worker.on('exit', () => this.#ended());
  }

  get lost(): boolean {
    return this.#lost;
  }

  end(): void {
    void this.#worker.terminate();
  }

  /** @throws what is wrong with the question; ThreadLost when the thread ends before it answers */
  ask(question: Loading): Promise<Described>;
  ask(question: Fitting): Promise<Fault[]>;
  ask(question: PlanQuestion): Promise<QueryPlan>;
  ask(question: Question): Promise<Value> {
    if (this.#lost) return Promise.reject(new ThreadLost());
    const id = (this.#lastId += 1);
    this.#worker.ref();
    this.#worker.postMessage({ ...question, id } satisfies Numbered);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #answered(answer: Answer): void {
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('problem' in answer) waiter?.reject(new Error(answer.problem));
    else waiter?.resolve(answer.value);
  }

  #ended(cause?: unknown): void {
    this.#lost = true;
    for (const { reject } of this.#waiting.values()) reject(new ThreadLost(cause));
    this.#waiting.clear();
  }
}
