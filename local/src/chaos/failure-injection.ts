import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import type { Replica } from '../fleet/replica.js';
import type { Progress } from './progress.js';
import type { Random } from './seeded-random.js';

/** A failure that occurs at a point of the drill. */
interface ScheduledFailure {
  /** The share of all messages, from 0 to 1, that is answered before it. */
  at: number;
  inject(): Promise<void>;
}

export interface FailureOptions {
  fleet: Fleet;
  random: Random;
  reloads: number;
  /** Number of replicas of each service to stop. */
  ends: number;
  progress: Progress;
  /** Logs a line for each event. */
  log(line: string): void;
}

/** Failures occur between these shares of all messages. */
const [earliest, latest] = [0.05, 0.7];

/** Milliseconds until a stopped process is restarted. */
const [shortest, longest] = [50, 1_500];

/** Milliseconds between reloads, so that the gateways notice each supergraph. */
const reloadIntervalMs = 500;

/**
 * Injects all failures and resolves once every process is running again. Failures of different kinds may overlap. Those
 * of one kind occur one after the other, since the last replica of a service must not stop.
 */
export async function injectFailures(options: FailureOptions): Promise<void> {
  const kinds = [kills(options), terminations(options), redisOutage(options), reloads(options)];
  await Promise.all(kinds.map((failures) => runInOrder(schedule(failures, options.random.branch()), options.progress)));
}

function kills(options: FailureOptions): FailureAction[] {
  return replicasOf(options, 'messaging').map((replica) => async (random) => {
    options.log(`${replica.name} is killed`);
    await replica.kill();
    await restart(options, replica, random);
  });
}

function terminations(options: FailureOptions): FailureAction[] {
  return replicasOf(options, 'gateway').map((replica) => async (random) => {
    options.log(`${replica.name} is terminated`);
    const exit = await replica.terminate();
    if (exit !== 'exit code 0') throw new Error(`${replica.name} did not shut down cleanly: ${exit}`);
    await restart(options, replica, random);
  });
}

async function restart({ log }: FailureOptions, replica: Replica, random: Random): Promise<void> {
  await wait(random.between(shortest, longest));
  await replica.start();
  log(`${replica.name} is back`);
}

function redisOutage({ fleet, log }: FailureOptions): FailureAction[] {
  return [
    async (random) => {
      log('redis is killed');
      await fleet.redis.kill();
      await wait(random.between(shortest, longest));
      await fleet.redis.start();
      log('redis is back');
    },
  ];
}

function reloads({ fleet, reloads: count, log }: FailureOptions): FailureAction[] {
  return Array.from({ length: count }, (_, index) => async () => {
    log(`supergraph ${index + 1}`);
    await fleet.supergraph.rewrite();
    await wait(reloadIntervalMs);
  });
}

type FailureAction = (random: Random) => Promise<void>;

function schedule(strikes: readonly FailureAction[], random: Random): ScheduledFailure[] {
  const points = strikes.map(() => random.between(earliest, latest)).sort((one, other) => one - other);
  return random
    .shuffled(strikes)
    .map((action, index) => ({ at: points[index] ?? earliest, inject: () => action(random.branch()) }));
}

async function runInOrder(failures: readonly ScheduledFailure[], progress: Progress): Promise<void> {
  for (const { at, inject } of failures) {
    await progress.waitUntil(at);
    await inject();
  }
}

function replicasOf({ fleet, random, ends }: FailureOptions, name: 'gateway' | 'messaging'): readonly Replica[] {
  return random.shuffled(fleet.groups.get(name)?.replicas ?? []).slice(0, ends);
}
