import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';

export interface SweeperOptions {
  log: Logger;
  /** The things that it removes or changes, for the log. */
  subject: string;
  /** Milliseconds between two calls. Default: one hour. */
  intervalMs?: number;
}

const hourMs = 3_600_000;

/**
 * Calls `sweep` now and in every interval, one call after the other. A failure is logged. Closing aborts the signal, at
 * which a long call stops, and waits for the current call.
 */
export function startSweeper(
  sweep: (signal: AbortSignal) => Promise<void>,
  { log, subject, intervalMs = hourMs }: SweeperOptions,
): Closable {
  const closing = new AbortController();
  let isRunning = false;
  let running = attempt();
  const timer = setInterval(() => {
    if (!isRunning) running = attempt();
  }, intervalMs);
  return {
    async close() {
      clearInterval(timer);
      closing.abort();
      await running;
    },
  };

  async function attempt(): Promise<void> {
    isRunning = true;
    try {
      await sweep(closing.signal);
    } catch (err) {
      log.warn({ err }, `sweeping ${subject} failed`);
    } finally {
      isRunning = false;
    }
  }
}
