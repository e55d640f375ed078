import { Closers } from '@marquee/chassis/process/closers';
import { missingRedisReason } from '@marquee/testkit/redis-server';
import { readTestStores } from '../config.js';
import { UserError } from '../launcher/user-error.js';
import { openTestStores } from '../testing/test-stores.js';
import type { FleetStores } from './fleet.js';

/** What an exercise runs with. */
export interface Foundation {
  stores: FleetStores;
  /** Whatever it opens is closed at the end. */
  closers: Closers;
  /** Prints a line with the time. */
  log(line: string): void;
}

/** Runs an exercise on a fleet as a command: prints its report, and ends with 0 when all was well. */
export async function runDrill(run: (ground: Foundation) => Promise<{ text: string; passed: boolean }>): Promise<void> {
  const closers = new Closers();
  try {
    const missing = missingRedisReason();
    if (missing !== undefined) throw new UserError(`Several replicas need a Redis: ${missing}.`);
    const stores = readTestStores() ?? closers.add(await openTestStores());
    const { text, passed } = await run({ stores, closers, log: createTimedLog() });
    process.stdout.write(`\n${text}\n`);
    process.exitCode = passed ? 0 : 1;
  } catch (failure) {
    process.stderr.write(`${failure instanceof UserError ? failure.message : String((failure as Error).stack)}\n`);
    process.exitCode = 1;
  } finally {
    await closers.close();
  }
}

function createTimedLog(): (line: string) => void {
  const started = performance.now();
  return (line) => {
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
  };
}
