import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import type { Replica, StoppableProcess } from '../fleet/replica.js';
import type { FailureAction } from './failure-injection.js';
import type { Random } from '@marquee/testkit/seeded-random';

/** Logs a line for each event. */
type Log = (line: string) => void;

/** Milliseconds until a stopped process is restarted, if its outage has no duration. */
const [shortest, longest] = [50, 1_500];

/** Milliseconds between reloads, so that the gateways notice each supergraph. */
const reloadIntervalMs = 500;

/** Kills a process and restarts it. @param seconds duration of the outage. Default: short and random */
export function kill(process: StoppableProcess, log: Log, seconds?: number): FailureAction {
  return async (random) => {
    log(`${process.name} is killed`);
    await process.kill();
    await restart(process, log, pauseMs(random, seconds));
  };
}

/** Terminates a replica, which must shut down in order, and restarts it. */
export function terminate(replica: Replica, log: Log): FailureAction {
  return async (random) => {
    log(`${replica.name} is terminated`);
    const exit = await replica.terminate();
    if (exit !== 'exit code 0') throw new Error(`${replica.name} did not shut down cleanly: ${exit}`);
    await restart(replica, log, pauseMs(random));
  };
}

/** Suspends a process, and continues it. */
export function freeze(process: StoppableProcess, log: Log, seconds: number): FailureAction {
  return async () => {
    log(`${process.name} is frozen`);
    process.freeze();
    await wait(seconds * 1_000);
    process.resume();
    log(`${process.name} continues`);
  };
}

/** A failure that two calls begin and end. @param name completes the sentence "… for 6 s" */
export function temporaryFailure(
  name: string,
  log: Log,
  { seconds, begin, end }: { seconds: number; begin(): unknown; end(): unknown },
): FailureAction {
  return async () => {
    log(`${name} for ${seconds.toFixed(1)} s`);
    await begin();
    await wait(seconds * 1_000);
    await end();
    log(`no longer: ${name}`);
  };
}

/** Reloads the supergraph this many times. */
export function reloads({ supergraph }: Fleet, count: number, log: Log): FailureAction[] {
  return Array.from({ length: count }, (_, index) => async () => {
    log(`supergraph ${index + 1}`);
    await supergraph.rewrite();
    await wait(reloadIntervalMs);
  });
}

/** The replicas of a service. */
export function replicasOf(fleet: Fleet, name: string): readonly Replica[] {
  return fleet.groups.get(name)?.replicas ?? [];
}

function pauseMs(random: Random, seconds?: number): number {
  return seconds === undefined ? random.between(shortest, longest) : seconds * 1_000;
}

async function restart(process: StoppableProcess, log: Log, pause: number): Promise<void> {
  await wait(pause);
  await process.start();
  log(`${process.name} is back`);
}
