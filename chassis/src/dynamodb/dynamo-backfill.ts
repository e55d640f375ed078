import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import type { ItemKey } from './batch.js';
import { dynamoLease } from './dynamo-lease.js';
import type { Dynamo } from './open-table.js';

/** Work on all items of a table, because earlier builds wrote them differently. */
export interface Backfill {
  /** Names the work in the log, such as "departures". */
  name: string;
  /** The key of an item of the table, which the replica that works holds. */
  leaseKey: ItemKey;
  /**
   * Does the next part, from the place that the table keeps. Returns whether everything is done. Repeating a part must
   * change nothing. A long one ends early once the signal is aborted, and is repeated later.
   */
  runPage(stopping: AbortSignal): Promise<boolean>;
}

/** Milliseconds before the first page: until then, the replicas of the previous build may still run. */
const defaultDelayMs = 15 * 60_000;

/** Milliseconds between two pages, and between two attempts. */
const [pauseMs, retryMs] = [250, 30_000];

/**
 * Starts the work a quarter of an hour later, in small pages with pauses, in one replica at a time. Another one goes on where
 * it was interrupted. Once the work is done in an environment, its services may lose the right to it: it is then left out.
 */
export function startBackfill(
  dynamo: Dynamo,
  log: Logger,
  backfill: Backfill,
  delayMs: number = defaultDelayMs,
): Closable {
  const stopping = new AbortController();
  const running = run(dynamo, log, { ...backfill, delayMs }, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}

async function run(
  dynamo: Dynamo,
  log: Logger,
  { name, leaseKey, runPage, delayMs }: Backfill & { delayMs: number },
  stopping: AbortSignal,
): Promise<void> {
  const lease = dynamoLease(dynamo, leaseKey);
  for (let pause = delayMs; await pauseFor(pause, stopping);) {
    try {
      const isHeld = await lease.hold();
      if (isHeld && (await runPage(stopping))) {
        log.info(`the backfill of ${name} is complete`);
        break;
      }
      pause = isHeld ? pauseMs : retryMs;
    } catch (err) {
      if (stopping.aborted) break;
      if ((err as Error).name === 'AccessDeniedException') {
        log.info({ err }, `the backfill of ${name} is left out: this service lacks the right to it`);
        break;
      }
      const message = `the backfill of ${name} failed and is repeated`;
      logThrottled(log, { level: 'warn', key: `backfill ${name}`, record: { err }, message });
      pause = retryMs;
    }
  }
  await lease.release().catch(() => undefined);
}

/** Returns false once the process stops. */
function pauseFor(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return wait(milliseconds, true, { signal }).catch(() => false);
}
