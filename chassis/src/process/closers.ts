/** Something that holds a resource and gives it back. */
export interface Closable {
  close(): Promise<void> | void;
}

/**
 * Remembers how to close what was opened, and closes it in the reverse order.
 * Closing is written on the line that opens: `const store = closers.add(await openStore(settings))`.
 */
export class Closers {
  readonly #opened: Closable[] = [];

  add<Resource extends Closable>(resource: Resource): Resource {
    this.#opened.push(resource);
    return resource;
  }

  /**
   * Closes everything once, the last opened first. One that fails does not keep the others open.
   * @throws AggregateError with every failure, after all were tried.
   */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const resource of this.#opened.splice(0).reverse()) {
      try {
        await resource.close();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} resources did not close`);
  }
}
