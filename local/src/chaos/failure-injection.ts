import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import type { Replica } from '../fleet/replica.js';
import type { Progress } from './progress.js';
import type { Random } from './seeded-random.js';

/** Something that goes wrong at a point of the drill. */
interface ScheduledFailure {
  /** The share of all messages that is answered by then. */
  at: number;
  inject(): Promise<void>;
}

export interface FailureOptions {
  fleet: Fleet;
  random: Random;
  reloads: number;
  /** Replicas of each service that are ended. */
  ends: number;
  progress: Progress;
  /** Told what happens. */
  log(line: string): void;
}

/** Faults come between these shares of all messages. */
const [earliest, latest] = [0.05, 0.7];

/** Milliseconds that something stays away before it is started again. */
const [shortest, longest] = [50, 1_500];

/** Milliseconds that a gateway needs at least to see a supergraph. */
const reloadIntervalMs = 500;

/**
 * Lets everything go wrong, each replica once, and returns when all is well again. Faults of different kinds come as
 * they will, at the same time too; of one kind one after the other, since the last replica of a service is not ended.
 */
export async function injectFailures(options: FailureOptions): Promise<void> {
  const kinds = [kills(options), terminations(options), redisOutage(options), reloads(options)];
  await Promise.all(kinds.map((faults) => runInOrder(schedule(faults, options.random.branch()), options.progress)));
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
    const how = await replica.terminate();
    if (how !== 'exit code 0') throw new Error(`${replica.name} did not end well: ${how}`);
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

async function runInOrder(faults: readonly ScheduledFailure[], progress: Progress): Promise<void> {
  for (const { at, inject } of faults) {
    await progress.waitUntil(at);
    await inject();
  }
}

function replicasOf({ fleet, random, ends }: FailureOptions, name: 'gateway' | 'messaging'): readonly Replica[] {
  return random.shuffled(fleet.groups.get(name)?.replicas ?? []).slice(0, ends);
}
