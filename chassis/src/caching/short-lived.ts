import { Cancellation, runWithCancellation } from '../telemetry/request-scope.js';

/** A value that all callers share for a short time. */
export interface ShortLived<Value> {
  /** The value, at most as old as its lifetime. Concurrent callers share one computation. */
  get(): Promise<Shared<Value>>;
  /** The value, if it is known already and not older than its lifetime. */
  peek(): Value | undefined;
  /** The next call computes the value again: it has changed. */
  clear(): void;
}

export interface Shared<Value> {
  value: Value;
  /** Whether the value was computed by this call, and not before it. */
  isNew: boolean;
}

/**
 * Computes an aggregate once for all callers and not once per request. Errors are not kept.
 * @param lifetimeMs milliseconds from the start of a computation during which its result is used
 */
export function shortLived<Value>(compute: () => Promise<Value>, lifetimeMs: number): ShortLived<Value> {
  let current: Computation<Value> | undefined;
  const isFresh = ({ startedAt }: Computation<Value>) => performance.now() - startedAt < lifetimeMs;
  return {
    async get() {
      if (current && isFresh(current)) return { value: await current.value, isNew: false };
      // The caller who computes it may leave, while others wait for it.
      const value = runWithCancellation(new Cancellation(), compute);
      const started: Computation<Value> = { value, startedAt: performance.now() };
      current = started;
      started.value.then(
        (computed) => (started.computed = computed),
        () => {
          if (current === started) current = undefined;
        },
      );
      return { value: await started.value, isNew: true };
    },
    peek: () => (current && isFresh(current) ? current.computed : undefined),
    clear() {
      current = undefined;
    },
  };
}

interface Computation<Value> {
  value: Promise<Value>;
  startedAt: number;
  computed?: Value;
}
