import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';
import { waitForBackoff } from '../timing/backoff.js';
import type { DomainEvent, EventReaction } from './domain-event.js';
import { maxDeliveries } from './emulated-broker.js';
import { deliver } from './event-delivery.js';
import { type EventQueue, openEventQueue, type QueuedMessage, visibilitySeconds } from './event-queue.js';
import type { EventSettings } from './event-settings.js';

/** The events that a service has applied. */
export interface Inbox<Transaction> {
  /**
   * Calls `apply`, and records the event, unless it was recorded before.
   * @returns whether `apply` was called
   */
  applyOnce(event: DomainEvent, apply: (transaction: Transaction) => Promise<void>): Promise<boolean>;
}

export interface ConsumerOptions<Transaction> {
  settings: EventSettings;
  inbox: Inbox<Transaction>;
  reactions: readonly EventReaction<Transaction>[];
  log: Logger;
  /** @throws while the store of the service accepts no writes. Then no events are received, so that none fail */
  check(): Promise<void>;
  /** Seconds after which an event is delivered again if the process ends meanwhile. Default: 60. */
  visibilitySeconds?: number;
}

const failureBackoff = { baseMs: 250, maxMs: 10_000 };

/**
 * Applies the events of a queue, those of one subject in their order, until it is closed. An event that fails is delivered
 * again, after a while, and then moved to the dead-letter queue. Without a queue, nothing is received.
 */
export function startEventConsumer<Transaction>(options: ConsumerOptions<Transaction>): Closable {
  const queue = openEventQueue(options.settings, options.visibilitySeconds ?? visibilitySeconds);
  if (queue === null) return { close: () => undefined };
  const stopping = new AbortController();
  const consuming = consume(options, queue, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await consuming;
      queue.close();
    },
  };
}

async function consume<Transaction>(
  options: ConsumerOptions<Transaction>,
  queue: EventQueue,
  stopping: AbortSignal,
): Promise<void> {
  const { log, check } = options;
  for (let failures = 0; !stopping.aborted;) {
    try {
      if (failures > 0) await check();
      const subjects = bySubject(await queue.receive(stopping));
      const applying = subjects.map((messages) => applyInOrder(options, queue, messages));
      // All of them end before the consumer closes, or receives more.
      await Promise.allSettled(applying);
      await Promise.all(applying);
      failures = 0;
    } catch (err) {
      if (isAborted(stopping)) return;
      failures += 1;
      logThrottled(log, { level: 'warn', key: 'consume', record: { err }, message: 'events could not be applied' });
      await waitForBackoff(failures, failureBackoff, stopping);
    }
  }
}

/** After an event that fails, its subject waits until it is a dead letter. @throws the error of that event */
async function applyInOrder<Transaction>(
  options: ConsumerOptions<Transaction>,
  queue: EventQueue,
  messages: readonly QueuedMessage[],
): Promise<void> {
  const waiting = [...messages];
  try {
    await whileHidden(options, queue, waiting, async () => {
      for (const message of messages) {
        await deliver(message, options.inbox, options.reactions);
        await queue.remove(message);
        waiting.shift();
      }
    });
  } catch (failure) {
    const [failed, ...later] = waiting;
    if (failed === undefined) throw failure;
    const isDead = failed.delivery >= maxDeliveries;
    await queue.deliverLater(isDead ? [failed] : waiting);
    // The later ones may have been delivered as often, without being applied: they would become dead letters, too.
    if (isDead) await applyInOrder(options, queue, later);
    throw failure;
  }
}

/**
 * An event that is being applied, and the later ones of its subject, are not delivered to another process meanwhile.
 * @param messages those that are not applied yet; `work` removes the others. One timer for all of them, since many that are
 * applied quickly may take longer than they are hidden
 */
async function whileHidden<Transaction>(
  { visibilitySeconds: seconds = visibilitySeconds, log }: ConsumerOptions<Transaction>,
  queue: EventQueue,
  messages: readonly QueuedMessage[],
  work: () => Promise<void>,
): Promise<void> {
  const extend = () =>
    void queue.keepHidden(messages).catch((err: unknown) => log.warn({ err }, 'events were not kept hidden'));
  const timer = setInterval(extend, (seconds * 1000) / 3);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

function bySubject(messages: readonly QueuedMessage[]): QueuedMessage[][] {
  const groups = new Map<string, QueuedMessage[]>();
  for (const message of messages) groups.set(message.group, [...(groups.get(message.group) ?? []), message]);
  return [...groups.values()];
}

/** A call, since the signal changes while another call is awaited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
