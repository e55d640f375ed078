import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';

export interface SweeperOptions {
  log: Logger;
  /** The things that it removes, for the log. */
  subject: string;
}

const intervalMs = 3_600_000;

/** Calls `sweep` now and every hour, one call after the other. A failure is logged. Closing waits for the current call. */
export function startSweeper(sweep: () => Promise<void>, { log, subject }: SweeperOptions): Closable {
  let running = attempt();
  const timer = setInterval(() => {
    running = running.then(attempt);
  }, intervalMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };

  async function attempt(): Promise<void> {
    try {
      await sweep();
    } catch (err) {
      log.warn({ err }, `removing ${subject} failed`);
    }
  }
}
