import { setTimeout as wait } from 'node:timers/promises';
import type { Closers } from '@marquee/chassis/process/closers';
import { type FleetStores, openFleet } from '../fleet/fleet.js';
import { strikeAll } from './faults.js';
import { delivered, listenAll, type Listener } from './listening.js';
import type { ChaosOptions } from './options.js';
import { populate } from './population.js';
import { createProgress } from './progress.js';
import { seededRandom } from './random.js';
import { type Sendings, sendAll, type SentMessage } from './sending.js';
import { type Stored, storedBy } from './stored.js';

/** What came of a drill. */
export interface Outcome extends Sendings {
  sent: readonly SentMessage[];
  stored: ReadonlyMap<string, readonly Stored[]>;
  listeners: readonly Listener[];
  /** Milliseconds from the first message to the last delivery. */
  lasted: number;
  /** Where the logs are, as long as the fleet is open. */
  directory: string;
}

export interface DrillOptions {
  options: ChaosOptions;
  stores: FleetStores;
  closers: Closers;
  say(line: string): void;
}

/** Milliseconds in which nothing more may come at the end. */
const silence = 1_000;

/** Lets people talk and listen while everything goes wrong. */
export async function drill({ options, stores, closers, say }: DrillOptions): Promise<Outcome> {
  const random = seededRandom(options.seed);
  const sizes = { users: 1, messaging: 2, gateway: 2 };
  const fleet = await openFleet({ stores, sizes, drainSeconds: options.drain }, closers);
  const population = await populate(fleet, options, random);
  const listeners = listenAll(fleet, population, options.subscribers, random);
  for (const listener of listeners) closers.add(listener);
  say('everybody is there');
  const started = performance.now();
  const progress = createProgress(options.messages);
  const sent: SentMessage[] = [];
  const answered = (message: SentMessage) => {
    sent.push(message);
    progress.step();
  };
  const calm = strikeAll({ fleet, random: random.branch(), ...options, progress, say });
  const sending = sendAll({ fleet, options, population, random: random.branch(), answered, calm });
  const [sendings] = await Promise.all([sending, calm]);
  say('everything is sent');
  await delivered(listeners, sent);
  const lasted = performance.now() - started;
  await wait(silence);
  const stored = await storedBy(fleet, population.conversations);
  return { ...sendings, sent, stored, listeners, lasted, directory: fleet.directory };
}
