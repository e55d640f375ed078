/** A resource that must be released. */
export interface Closable {
  close(): Promise<void> | void;
}

/**
 * Closes resources in the reverse order of their opening. Register a resource on the line that opens it:
 * `const store = closers.add(await openStore(settings))`.
 */
export class Closers {
  readonly #opened: Closable[] = [];

  add<Resource extends Closable>(resource: Resource): Resource {
    this.#opened.push(resource);
    return resource;
  }

  /**
   * Closes everything once, the last opened first.
   * @throws AggregateError with all failures, once every resource was tried
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
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} resources could not be closed`);
  }
}
