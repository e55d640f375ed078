import { setTimeout as wait } from 'node:timers/promises';
import type { Closers } from '@marquee/chassis/process/closers';
import { waitForDelivery, openSubscribers } from '../chaos/subscribers.js';
import { createDrillUsers } from '../chaos/drill-users.js';
import { seededRandom } from '../chaos/seeded-random.js';
import { readStoredMessages } from '../chaos/stored-messages.js';
import type { DeliveryRecord } from '../chaos/delivery-checks.js';
import { type FleetStores, openFleet } from '../fleet/fleet.js';
import { type LoadResult, startRequestLoad } from './request-load.js';
import type { RehearsalOptions } from './rehearsal-options.js';
import { deployAll } from './rolling-deploy.js';

/** What came of a rehearsal. */
export interface RehearsalResult extends DeliveryRecord {
  load: LoadResult;
  /** Where the logs are, as long as the fleet is open. */
  directory: string;
}

export interface RehearseOptions {
  options: RehearsalOptions;
  stores: FleetStores;
  closers: Closers;
  log(line: string): void;
}

/** Seconds that everything serves on after SIGTERM, as in production, and then takes to close its sockets. */
const drain = { drainDelaySeconds: 5, drainSeconds: 3 };

/** Calm milliseconds before the first deploy and after the last one. */
const idleMs = 2_000;

/** Replaces every service while people ask, send and listen. */
export async function runRehearsal({ options, stores, closers, log }: RehearseOptions): Promise<RehearsalResult> {
  const random = seededRandom(options.seed);
  const sizes = { users: 2, jobs: 1, messaging: 2, shows: 1, gateway: 2 };
  const fleet = await openFleet({ stores, sizes, ...drain }, closers);
  const population = await createDrillUsers(fleet, { ...options, senders: options.people }, random);
  const listeners = openSubscribers(fleet, population, options.clients, random);
  for (const listener of listeners) closers.add(listener);
  log('everybody is there');
  const requestLoad = startRequestLoad({ fleet, population, random: random.branch(), rate: options.rate });
  await wait(idleMs);
  await deployAll({
    fleet,
    token: population.users[0]?.token ?? '',
    onPublished: (change) => requestLoad.addQueryOf(change),
    log,
  });
  await wait(idleMs);
  const load = await requestLoad.stop();
  await waitForDelivery(listeners, load.sent);
  const stored = await readStoredMessages(fleet, population.conversations);
  return { load, sent: load.sent, stored, listeners, directory: fleet.directory };
}
