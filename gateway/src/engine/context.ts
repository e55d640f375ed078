import type { Caller } from '@marquee/chassis/identity/caller';

/** What one operation runs with. */
export interface OperationContext {
  caller: Caller;
  /** Aborts when nobody waits for the answer any more. */
  signal?: AbortSignal | undefined;
}
