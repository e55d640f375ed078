import { setTimeout as wait } from 'node:timers/promises';
import type { Closers } from '@marquee/chassis/process/closers';
import { type FleetStores, openFleet } from '../fleet/fleet.js';
import { injectFailures } from './failure-injection.js';
import { waitForDelivery, openSubscribers, type Subscriber } from './subscribers.js';
import type { ChaosOptions } from './chaos-options.js';
import { createDrillSetup } from './drill-users.js';
import { createProgress } from './progress.js';
import { seededRandom } from './seeded-random.js';
import { type SendResult, sendMessages, type SentMessage } from './senders.js';
import { type StoredMessage, readStoredMessages } from './stored-messages.js';

/** The result of a drill. */
export interface ChaosResult extends SendResult {
  sent: readonly SentMessage[];
  stored: ReadonlyMap<string, readonly StoredMessage[]>;
  subscribers: readonly Subscriber[];
  /** Milliseconds from the first message to the last delivery. */
  durationMs: number;
  /** Directory of the logs, which exists while the fleet is open. */
  directory: string;
}

export interface ChaosDrillOptions {
  options: ChaosOptions;
  stores: FleetStores;
  closers: Closers;
  log(line: string): void;
}

/** Milliseconds after the last delivery in which no further event may arrive. */
const settleMs = 1_000;

/** Sends and receives messages while failures are injected. */
export async function runChaosDrill({ options, stores, closers, log }: ChaosDrillOptions): Promise<ChaosResult> {
  const random = seededRandom(options.seed);
  const sizes = { users: 1, messaging: 2, gateway: 2 };
  const fleet = await openFleet({ stores, sizes, drainSeconds: options.drain }, closers);
  const setup = await createDrillSetup(fleet, options, random);
  const subscribers = openSubscribers(fleet, setup, options.subscribers, random);
  for (const subscriber of subscribers) closers.add(subscriber);
  log('all subscribers are connected');
  const started = performance.now();
  const progress = createProgress(options.messages);
  const sent: SentMessage[] = [];
  const onAnswered = (message: SentMessage) => {
    sent.push(message);
    progress.increment();
  };
  const failuresDone = injectFailures({ fleet, random: random.branch(), ...options, progress, log });
  const sending = sendMessages({ fleet, options, setup, random: random.branch(), onAnswered, failuresDone });
  const [sendings] = await Promise.all([sending, failuresDone]);
  log('all messages are sent');
  await waitForDelivery(subscribers, sent);
  const durationMs = performance.now() - started;
  await wait(settleMs);
  const stored = await readStoredMessages(fleet, setup.conversations);
  return { ...sendings, sent, stored, subscribers, durationMs, directory: fleet.directory };
}
