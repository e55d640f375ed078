import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** A connection whose caller may change while it is open. */
export interface Revalidated {
  /** Must not throw. */
  revalidate(): void;
}

/** Revalidates the callers of all connections in rounds, so that the principals that have expired are looked up together. */
export interface RevalidationRounds {
  /** Revalidates the connection in every round from now on. */
  add(connection: Revalidated): void;
  delete(connection: Revalidated): void;
}

/** Milliseconds for which a round may block the event loop at a time. */
const sliceMs = 5;

/** @param intervalMs milliseconds between the starts of two rounds, which run while there are connections */
export function createRevalidationRounds(intervalMs: number): RevalidationRounds {
  const connections = new Set<Revalidated>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add(connection) {
      connections.add(connection);
      timer ??= setInterval(() => void runRound(connections), intervalMs);
    },
    delete(connection) {
      connections.delete(connection);
      if (connections.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

async function runRound(connections: ReadonlySet<Revalidated>): Promise<void> {
  let startedAt = performance.now();
  for (const connection of [...connections]) {
    if (connections.has(connection)) connection.revalidate();
    if (performance.now() - startedAt < sliceMs) continue;
    await yieldToEventLoop();
    startedAt = performance.now();
  }
}
