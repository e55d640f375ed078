import { setTimeout as wait } from 'node:timers/promises';
import type { Closers } from '@marquee/chassis/process/closers';
import { waitForDelivery, openSubscribers } from '../chaos/subscribers.js';
import { createDrillSetup } from '../chaos/drill-users.js';
import { seededRandom } from '@marquee/testkit/seeded-random';
import { readStoredMessages } from '../chaos/stored-messages.js';
import type { DeliveryRecord } from '../chaos/delivery-checks.js';
import { type FleetStores, openFleet } from '../fleet/fleet.js';
import { type LoadResult, startRequestLoad } from './request-load.js';
import type { RehearsalOptions } from './rehearsal-options.js';
import { deployAll } from './rolling-deploy.js';

/** The result of a rehearsal. */
export interface RehearsalResult extends DeliveryRecord {
  load: LoadResult;
  /** Directory of the logs, which exists while the fleet is open. */
  directory: string;
}

export interface RehearseOptions {
  options: RehearsalOptions;
  stores: FleetStores;
  closers: Closers;
  log(line: string): void;
}

/** Seconds in which a process continues to serve after SIGTERM, as in production, and then closes its sockets. */
const drain = { drainDelaySeconds: 5, drainSeconds: 3 };

/** Milliseconds of load before the first deployment and after the last one. */
const loadOnlyMs = 2_000;

/** Replaces every service under a load of requests and subscriptions. */
export async function runRehearsal({ options, stores, closers, log }: RehearseOptions): Promise<RehearsalResult> {
  const random = seededRandom(options.seed);
  const sizes = { users: 2, jobs: 1, messaging: 2, shows: 1, gateway: 2 };
  const fleet = await openFleet({ stores, sizes, ...drain }, closers);
  const setup = await createDrillSetup(fleet, { ...options, senders: options.users }, random);
  const subscribers = openSubscribers({ fleet, setup, count: options.clients, random });
  for (const subscriber of subscribers) closers.add(subscriber);
  log('all subscribers are connected');
  const requestLoad = startRequestLoad({ fleet, setup, random: random.branch(), rate: options.rate });
  await wait(loadOnlyMs);
  await deployAll({
    fleet,
    token: setup.users[0]?.token ?? '',
    onPublished: (change) => requestLoad.addQueryOf(change),
    onRemoval: (change) => requestLoad.removeQueryOf(change),
    log,
  });
  await wait(loadOnlyMs);
  const load = await requestLoad.stop();
  await waitForDelivery(subscribers, load.sent);
  const stored = await readStoredMessages(fleet, setup.conversations);
  return { load, sent: load.sent, stored, subscribers, directory: fleet.directory };
}
