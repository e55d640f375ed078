import { setTimeout as wait } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Closable } from '../process/closers.js';
import { counter, observedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import { waitForBackoff } from '../timing/backoff.js';
import { openConfirmationQueue } from './confirmation-queue.js';
import { ensureTopic } from './emulated-broker.js';
import { createQueueClient, createTopicClient } from './event-clients.js';
import { type EventTopic, publishInOrder, type RefusedEvent } from './event-publisher.js';
import { type EventSettings, queueName } from './event-settings.js';
import type { Outbox } from './outbox.js';
import { createRefusedSubjects, type RefusedSubjects } from './refused-subjects.js';

export interface RelayOptions {
  outbox: Outbox;
  settings: EventSettings;
  log: Logger;
}

/** Milliseconds between two reads of an outbox that was empty. */
const pollMs = 500;

/** Milliseconds between two measurements of the backlog. */
const measureMs = 15_000;

/** Events that one read returns; more, if those of a transaction are stored together. */
const readSize = 100;

const failureBackoff = { baseMs: 250, maxMs: 10_000 };

/**
 * Publishes the events of an outbox, in their order and at least once, until it is closed. Of several replicas, one
 * publishes. Without a topic, the events stay in the outbox.
 */
export function startEventRelay({ outbox, settings, log }: RelayOptions): Closable {
  const topic = settings.EVENTS_TOPIC_ARN;
  if (topic === undefined) return { close: () => undefined };
  // Starts at 0, so that the first refusal shows as an increase.
  counter('marquee.events.refused').add(0);
  const broker = openBroker(topic, settings);
  const stopping = new AbortController();
  const relaying = relay({ outbox, broker, log, stopping: stopping.signal });
  return {
    async close() {
      stopping.abort();
      await relaying;
      await outbox
        .release()
        .catch((err: unknown) => log.warn({ err }, 'the lease of the event relay was not released'));
      broker.close();
    },
  };
}

interface Relay {
  outbox: Outbox;
  broker: Broker;
  log: Logger;
  stopping: AbortSignal;
}

async function relay({ outbox, broker, log, stopping }: Relay): Promise<void> {
  const measure = measuring(outbox);
  const subjects = createRefusedSubjects();
  for (let failures = 0; !stopping.aborted;) {
    try {
      const count = await relayOnce({ outbox, broker, log, subjects });
      await measure(count !== null);
      failures = 0;
      if (count === null || count < readSize)
        await wait(pollMs, undefined, { signal: stopping }).catch(() => undefined);
    } catch (err) {
      failures += 1;
      logThrottled(log, { level: 'warn', key: 'relay', record: { err }, message: 'events could not be published' });
      await waitForBackoff(failures, failureBackoff, stopping);
    }
  }
}

interface RelayRound extends Omit<Relay, 'stopping'> {
  subjects: RefusedSubjects;
}

/** Returns the number of events that it has read, or null if another replica publishes. */
async function relayOnce({ outbox, broker, log, subjects }: RelayRound): Promise<number | null> {
  const read = () => outbox.read(readSize, subjects.waiting());
  const first = await read();
  if (first === null) return null;
  const isRenewed = await broker.prepare(outbox);
  const entries = isRenewed ? ((await read()) ?? []) : first;
  let published = 0;
  await publishInOrder(broker.topic, entries, async ({ accepted, refused }) => {
    for (const refusal of refused) recordRefusal(log, refusal);
    for (const { event } of refused) subjects.refused(event.subject);
    if (accepted.length === 0) return;
    for (const { event } of accepted) subjects.accepted(event.subject);
    await outbox.markSent(accepted.map(({ position }) => position));
    published += accepted.length;
    counter('marquee.events.published').add(accepted.length);
  });
  // Where the topic refuses all events, the later ones wait, too.
  if (published === 0 && entries.length > 0) throw new Error('the topic has accepted none of the events');
  return entries.length;
}

/** The event stays in the outbox, and the later ones of its subject with it. */
function recordRefusal(log: Logger, { event: { id, type, subject }, code, reason }: RefusedEvent): void {
  counter('marquee.events.refused').add(1, { type, code });
  const record = { event: id, type, subject, code, reason };
  logThrottled(log, { level: 'warn', key: `refused ${id}`, record, message: 'the topic has refused an event' });
}

interface Broker {
  topic: EventTopic;
  /**
   * Records confirmations. Creates a topic that an emulator has forgotten, after it made the unconfirmed events unsent.
   * @returns whether the topic was created
   */
  prepare(outbox: Outbox): Promise<boolean>;
  close(): void;
}

function openBroker(arn: string, settings: EventSettings): Broker {
  const client = createTopicClient(settings);
  if (settings.EVENTS_ENDPOINT === undefined)
    return {
      topic: { client, arn, confirmTo: undefined },
      prepare: () => Promise.resolve(false),
      close: () => client.destroy(),
    };
  return openEmulatedBroker(arn, settings, client);
}

function openEmulatedBroker(arn: string, settings: EventSettings, client: SNSClient): Broker {
  const queues = createQueueClient(settings);
  const subscribers = settings.EVENTS_SUBSCRIBERS ?? [];
  const confirmations = subscribers[0] === undefined ? null : openConfirmationQueue(queues, arn, subscribers[0]);
  return {
    topic: { client, arn, confirmTo: confirmations?.url },
    async prepare(outbox) {
      await confirmations?.drain((confirmation) => outbox.confirm(confirmation));
      return ensureTopic({ arn, subscribers }, { topics: client, queues }, async () => {
        await outbox.resendUnconfirmed(subscribers.map(queueName));
      });
    },
    close() {
      client.destroy();
      queues.destroy();
    },
  };
}

/** Measures the backlog in the replica that publishes; the others report none. */
function measuring(outbox: Outbox): (isPublishing: boolean) => Promise<void> {
  const unsent = observedValue('marquee.events.unsent', {}, { kind: 'gauge' });
  const lag = observedValue('marquee.events.lag', {}, { kind: 'gauge', unit: 's' });
  let measuredAt = -Infinity;
  return async (isPublishing) => {
    if (performance.now() - measuredAt < measureMs) return;
    measuredAt = performance.now();
    const backlog = isPublishing ? await outbox.backlog() : { unsent: 0, oldestSeconds: 0 };
    [unsent.value, lag.value] = [backlog.unsent, backlog.oldestSeconds];
  };
}
