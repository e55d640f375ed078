import { setTimeout as wait } from 'node:timers/promises';
import type { Closers } from '@marquee/chassis/process/closers';
import { delivered, listenAll } from '../chaos/listening.js';
import { populate } from '../chaos/population.js';
import { seededRandom } from '../chaos/random.js';
import { storedBy } from '../chaos/stored.js';
import type { Evidence } from '../chaos/verdict.js';
import { type FleetStores, openFleet } from '../fleet/fleet.js';
import { type Seen, startLoad } from './load.js';
import type { RehearsalOptions } from './options.js';
import { deployAll } from './rolling.js';

/** What came of a rehearsal. */
export interface Rehearsed extends Evidence {
  seen: Seen;
  /** Where the logs are, as long as the fleet is open. */
  directory: string;
}

export interface RehearseOptions {
  options: RehearsalOptions;
  stores: FleetStores;
  closers: Closers;
  say(line: string): void;
}

/** Seconds that everything serves on after SIGTERM, as in production, and then takes to close its sockets. */
const drain = { drainDelaySeconds: 5, drainSeconds: 3 };

/** Calm milliseconds before the first deploy and after the last one. */
const calm = 2_000;

/** Replaces every service while people ask, send and listen. */
export async function rehearse({ options, stores, closers, say }: RehearseOptions): Promise<Rehearsed> {
  const random = seededRandom(options.seed);
  const sizes = { users: 2, jobs: 1, messaging: 2, shows: 1, gateway: 2 };
  const fleet = await openFleet({ stores, sizes, ...drain }, closers);
  const population = await populate(fleet, { ...options, senders: options.people }, random);
  const listeners = listenAll(fleet, population, options.clients, random);
  for (const listener of listeners) closers.add(listener);
  say('everybody is there');
  const load = startLoad({ fleet, population, random: random.branch(), rate: options.rate });
  await wait(calm);
  await deployAll({ fleet, token: population.people[0]?.token ?? '', published: (change) => load.learn(change), say });
  await wait(calm);
  const seen = await load.stop();
  await delivered(listeners, seen.sent);
  const stored = await storedBy(fleet, population.conversations);
  return { seen, sent: seen.sent, stored, listeners, directory: fleet.directory };
}
