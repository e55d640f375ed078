import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import type { Replica } from '../fleet/replica.js';
import type { Progress } from './progress.js';
import type { Random } from './random.js';

/** Something that goes wrong at a point of the drill. */
interface Fault {
  /** The share of all messages that is answered by then. */
  at: number;
  strike(): Promise<void>;
}

export interface FaultsOptions {
  fleet: Fleet;
  random: Random;
  reloads: number;
  /** Replicas of each service that are ended. */
  ends: number;
  progress: Progress;
  /** Told what happens. */
  say(line: string): void;
}

/** Faults come between these shares of all messages. */
const [earliest, latest] = [0.05, 0.7];

/** Milliseconds that something stays away before it is started again. */
const [shortest, longest] = [50, 1_500];

/** Milliseconds that a gateway needs at least to see a supergraph. */
const reloadPause = 500;

/**
 * Lets everything go wrong, each replica once, and returns when all is well again. Faults of different kinds come as
 * they will, at the same time too; of one kind one after the other, since the last replica of a service is not ended.
 */
export async function strikeAll(options: FaultsOptions): Promise<void> {
  const kinds = [killings(options), terminations(options), redisOutage(options), reloads(options)];
  await Promise.all(kinds.map((faults) => inTurn(scheduled(faults, options.random.branch()), options.progress)));
}

function killings(options: FaultsOptions): Strike[] {
  return replicasOf(options, 'messaging').map((replica) => async (random) => {
    options.say(`${replica.name} is killed`);
    await replica.kill();
    await back(options, replica, random);
  });
}

function terminations(options: FaultsOptions): Strike[] {
  return replicasOf(options, 'gateway').map((replica) => async (random) => {
    options.say(`${replica.name} is terminated`);
    const how = await replica.terminate();
    if (how !== 'exit code 0') throw new Error(`${replica.name} did not end well: ${how}`);
    await back(options, replica, random);
  });
}

async function back({ say }: FaultsOptions, replica: Replica, random: Random): Promise<void> {
  await wait(random.between(shortest, longest));
  await replica.start();
  say(`${replica.name} is back`);
}

function redisOutage({ fleet, say }: FaultsOptions): Strike[] {
  return [
    async (random) => {
      say('redis is killed');
      await fleet.redis.kill();
      await wait(random.between(shortest, longest));
      await fleet.redis.start();
      say('redis is back');
    },
  ];
}

function reloads({ fleet, reloads: count, say }: FaultsOptions): Strike[] {
  return Array.from({ length: count }, (_, index) => async () => {
    say(`supergraph ${index + 1}`);
    await fleet.supergraph.rewrite();
    await wait(reloadPause);
  });
}

type Strike = (random: Random) => Promise<void>;

function scheduled(strikes: readonly Strike[], random: Random): Fault[] {
  const points = strikes.map(() => random.between(earliest, latest)).sort((one, other) => one - other);
  return random
    .shuffled(strikes)
    .map((strike, index) => ({ at: points[index] ?? earliest, strike: () => strike(random.branch()) }));
}

async function inTurn(faults: readonly Fault[], progress: Progress): Promise<void> {
  for (const { at, strike } of faults) {
    await progress.reaches(at);
    await strike();
  }
}

function replicasOf({ fleet, random, ends }: FaultsOptions, name: 'gateway' | 'messaging'): readonly Replica[] {
  return random.shuffled(fleet.groups.get(name)?.replicas ?? []).slice(0, ends);
}
