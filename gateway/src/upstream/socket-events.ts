import type { Sink } from 'graphql-ws';

type Result = IteratorResult<unknown, undefined>;

const end = { done: true, value: undefined } as const;

/** The events of all streams that wait for one. Nothing is added to it. */
const none: unknown[] = [];

/**
 * The messages of one operation of a socket, like `iterate` of graphql-ws, but with a single promise for each: one change may
 * be an event of thousands of streams. `next` is called again only when the result before has come.
 */
export class SocketEvents implements AsyncIterableIterator<unknown> {
  readonly #unsubscribe: () => void;
  #queue = none;
  #ended: { failure?: unknown } | undefined;
  #waiting: { resolve(result: Result): void; reject(failure: unknown): void } | undefined;

  /** @param subscribe starts the operation; returns a function that ends it */
  constructor(subscribe: (sink: Sink<unknown>) => () => void) {
    this.#unsubscribe = subscribe({
      next: (value) => this.#receive(value),
      error: (failure) => this.#end({ failure }),
      complete: () => this.#end({}),
    });
  }

  next(): Promise<Result> {
    if (this.#queue.length > 0) return Promise.resolve({ done: false, value: this.#shift() });
    if (!this.#ended) return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    const { failure } = this.#ended;
    this.#ended = {};
    return failure === undefined ? Promise.resolve(end) : failWith(failure);
  }

  return(): Promise<Result> {
    this.#queue = none;
    this.#end({});
    this.#unsubscribe();
    return Promise.resolve(end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #receive(value: unknown): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve({ done: false, value });
    else if (this.#queue === none) this.#queue = [value];
    else this.#queue.push(value);
  }

  #shift(): unknown {
    const value = this.#queue.shift();
    if (this.#queue.length === 0) this.#queue = none;
    return value;
  }

  #end(ended: { failure?: unknown }): void {
    if (this.#ended) return;
    this.#ended = ended;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    this.#ended = {};
    if (ended.failure === undefined) waiting.resolve(end);
    else waiting.reject(ended.failure);
  }
}

async function failWith(failure: unknown): Promise<never> {
  throw failure;
}
