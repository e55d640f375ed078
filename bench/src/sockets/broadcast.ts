/** Sends the same items to any number of readers, each of which reads one at a time. */
export class Broadcast<Item> {
  readonly #readers = new Set<Reader<Item>>();

  subscribe(): AsyncIterableIterator<Item> {
    const reader = new Reader<Item>(() => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }

  publish(item: Item): void {
    for (const reader of this.#readers) reader.push(item);
  }
}

class Reader<Item> implements AsyncIterableIterator<Item> {
  #items: Item[] | undefined;
  #resolve: ((result: IteratorResult<Item>) => void) | undefined;

  constructor(private readonly onReturn: () => void) {}

  push(value: Item): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    if (resolve) resolve({ done: false, value });
    else (this.#items ??= []).push(value);
  }

  next(): Promise<IteratorResult<Item>> {
    const [value] = this.#items?.splice(0, 1) ?? [];
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  async return(): Promise<IteratorResult<Item>> {
    this.onReturn();
    this.#resolve?.({ done: true, value: undefined });
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
