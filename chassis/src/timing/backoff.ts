import { setTimeout as wait } from 'node:timers/promises';

/** How the delay between attempts grows. */
export interface BackoffOptions {
  /** Upper bound of the delay after the first failed attempt, in milliseconds. */
  baseMs: number;
  /** Upper bound of every delay, in milliseconds. Default: none. */
  maxMs?: number;
  /** Factor by which the upper bound grows with each attempt. Default: 2. */
  factor?: number;
  /**
   * Which part of the delay is random. `full`: all of it, from 0; spreads competing writers best. `equal`: the upper half,
   * so that a pause is never skipped. `none`: a fixed schedule. Default: `equal`.
   */
  jitter?: 'full' | 'equal' | 'none';
}

/**
 * Milliseconds to wait before the next attempt: exponential back-off with jitter, as described in "Exponential Backoff And
 * Jitter" (AWS Architecture Blog, 2015).
 *
 * @param failedAttempts attempts that have failed so far, at least 1
 */
export function backoffDelay(failedAttempts: number, options: BackoffOptions): number {
  const { baseMs, maxMs = Infinity, factor = 2, jitter = 'equal' } = options;
  const bound = Math.min(maxMs, baseMs * factor ** (failedAttempts - 1));
  if (jitter === 'none') return bound;
  return jitter === 'full' ? Math.random() * bound : (bound * (1 + Math.random())) / 2;
}

/**
 * Waits for the delay of `backoffDelay`.
 *
 * @param signal ends the wait
 * @returns false if the signal aborted before the delay had passed
 */
export async function waitForBackoff(
  failedAttempts: number,
  options: BackoffOptions,
  signal?: AbortSignal,
): Promise<boolean> {
  if (signal?.aborted) return false;
  return wait(backoffDelay(failedAttempts, options), true, signal && { signal }).catch(() => false);
}
