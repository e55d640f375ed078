import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { onAbort } from '@marquee/chassis/timing/on-abort';

/** Revalidates the callers of all connections in rounds, so that the principals that have expired are looked up together. */
export interface RevalidationRounds {
  /** Calls `revalidate` in every round until the signal aborts. It must not throw. */
  add(revalidate: () => void, signal: AbortSignal): void;
}

/** Milliseconds for which a round may block the event loop at a time. */
const sliceMs = 5;

/** @param intervalMs milliseconds between the starts of two rounds, which run while there are connections */
export function createRevalidationRounds(intervalMs: number): RevalidationRounds {
  const connections = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add(revalidate, signal) {
      // A function of its own, in case the same one is added twice.
      const connection = () => revalidate();
      connections.add(connection);
      timer ??= setInterval(() => void runRound(connections), intervalMs);
      onAbort(signal, () => remove(connection));
    },
  };

  function remove(connection: () => void): void {
    connections.delete(connection);
    if (connections.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }
}

async function runRound(connections: ReadonlySet<() => void>): Promise<void> {
  let startedAt = performance.now();
  for (const revalidate of [...connections]) {
    if (connections.has(revalidate)) revalidate();
    if (performance.now() - startedAt < sliceMs) continue;
    await yieldToEventLoop();
    startedAt = performance.now();
  }
}
