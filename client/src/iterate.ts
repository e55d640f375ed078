import type { LiveError, LiveResult, LiveSink } from './live-operation.js';

/** Turns callbacks into an iterator. Leaving the loop, or `return`, ends the subscription at once. */
export function iterateOver<Data>(
  subscribe: (sink: LiveSink<Data>) => () => void,
): AsyncGenerator<LiveResult<Data>, void> {
  const queue = new ResultQueue<Data>();
  const unsubscribe = subscribe(queue);
  return Object.assign(queue.read(), {
    async return(): Promise<IteratorResult<LiveResult<Data>, void>> {
      unsubscribe();
      queue.clear();
      return { done: true, value: undefined };
    },
  });
}

/** Results that have not been read yet. */
class ResultQueue<Data> implements LiveSink<Data> {
  readonly #results: LiveResult<Data>[] = [];
  #end: { error?: LiveError } | undefined;
  #wake: () => void = () => undefined;

  readonly next = (result: LiveResult<Data>): void => {
    this.#results.push(result);
    this.#wake();
  };

  readonly error = (error: LiveError): void => this.#endWith({ error });

  readonly complete = (): void => this.#endWith({});

  clear(): void {
    this.#results.length = 0;
    this.complete();
  }

  async *read(): AsyncGenerator<LiveResult<Data>, void> {
    for (;;) {
      const result = this.#results.shift();
      if (result) yield result;
      else if (this.#end?.error) throw this.#end.error;
      else if (this.#end) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #endWith(end: { error?: LiveError }): void {
    this.#end ??= end;
    this.#wake();
  }
}
