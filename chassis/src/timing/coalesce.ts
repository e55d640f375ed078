/**
 * Wraps an operation so that at most one run is active. Calls during a run share one more run, which starts when the
 * active one ends: every caller gets a result that was read after its call.
 */
export function coalesce<Result>(operation: () => Promise<Result>): () => Promise<Result> {
  let active: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;
  return function run(): Promise<Result> {
    if (!active) {
      active = operation().finally(() => (active = undefined));
      return active;
    }
    next ??= active
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
}
