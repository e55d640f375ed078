import { Closers } from '@marquee/chassis/process/closers';
import { missingRedisReason } from '@marquee/testkit/redis-server';
import { readTestStores } from '../config.js';
import { UserError } from '../launcher/user-error.js';
import { openTestStores } from '../testing/test-stores.js';
import type { FleetStores } from './fleet.js';

/** The resources of a drill. */
export interface Foundation {
  /** The stores of the current test run, or else temporary ones. */
  openStores(): Promise<FleetStores>;
  /** Closes the resources that the drill opens. */
  closers: Closers;
  /** Prints a line with the elapsed time. */
  log(line: string): void;
}

/** Runs a drill on a fleet as a command: prints its report, and exits with 0 when it passed. */
export async function runDrill(
  run: (foundation: Foundation) => Promise<{ text: string; passed: boolean }>,
): Promise<void> {
  const closers = new Closers();
  try {
    const missing = missingRedisReason();
    if (missing !== undefined) throw new UserError(`Drills with several replicas need Redis: ${missing}.`);
    const openStores = async () => readTestStores() ?? closers.add(await openTestStores());
    const { text, passed } = await run({ openStores, closers, log: createTimedLog() });
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
