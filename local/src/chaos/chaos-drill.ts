import { setTimeout as wait } from 'node:timers/promises';
import type { Closers } from '@marquee/chassis/process/closers';
import { type FleetStores, openFleet } from '../fleet/fleet.js';
import { injectFailures } from './failure-injection.js';
import { waitForDelivery, openSubscribers, type Subscriber } from './subscribers.js';
import type { ChaosOptions } from './chaos-options.js';
import { createDrillUsers } from './drill-users.js';
import { createProgress } from './progress.js';
import { seededRandom } from './seeded-random.js';
import { type SendResult, sendMessages, type SentMessage } from './senders.js';
import { type StoredMessage, readStoredMessages } from './stored-messages.js';

/** What came of a drill. */
export interface ChaosResult extends SendResult {
  sent: readonly SentMessage[];
  stored: ReadonlyMap<string, readonly StoredMessage[]>;
  listeners: readonly Subscriber[];
  /** Milliseconds from the first message to the last delivery. */
  lasted: number;
  /** Where the logs are, as long as the fleet is open. */
  directory: string;
}

export interface ChaosDrillOptions {
  options: ChaosOptions;
  stores: FleetStores;
  closers: Closers;
  log(line: string): void;
}

/** Milliseconds in which nothing more may come at the end. */
const settleMs = 1_000;

/** Lets people talk and listen while everything goes wrong. */
export async function runChaosDrill({ options, stores, closers, log }: ChaosDrillOptions): Promise<ChaosResult> {
  const random = seededRandom(options.seed);
  const sizes = { users: 1, messaging: 2, gateway: 2 };
  const fleet = await openFleet({ stores, sizes, drainSeconds: options.drain }, closers);
  const population = await createDrillUsers(fleet, options, random);
  const listeners = openSubscribers(fleet, population, options.subscribers, random);
  for (const listener of listeners) closers.add(listener);
  log('everybody is there');
  const started = performance.now();
  const progress = createProgress(options.messages);
  const sent: SentMessage[] = [];
  const onAnswered = (message: SentMessage) => {
    sent.push(message);
    progress.increment();
  };
  const failuresDone = injectFailures({ fleet, random: random.branch(), ...options, progress, log });
  const sending = sendMessages({ fleet, options, population, random: random.branch(), onAnswered, failuresDone });
  const [sendings] = await Promise.all([sending, failuresDone]);
  log('everything is sent');
  await waitForDelivery(listeners, sent);
  const lasted = performance.now() - started;
  await wait(settleMs);
  const stored = await readStoredMessages(fleet, population.conversations);
  return { ...sendings, sent, stored, listeners, lasted, directory: fleet.directory };
}
