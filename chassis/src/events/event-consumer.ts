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

/** Subjects whose events are applied at the same time. */
const concurrency = 5;

const failureBackoff = { baseMs: 250, maxMs: 10_000 };

/**
 * Applies the events of a queue, those of one subject in their order, until it is closed. An event that fails is delivered
 * again, after a while, and then moved to the dead-letter queue; those of other subjects do not wait for it, nor for one
 * that takes long. Without a queue, nothing is received.
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
  const subjects = createSubjects(options, queue);
  for (let failures = 0; !stopping.aborted;) {
    try {
      const free = await subjects.available();
      if (failures > 0 || subjects.takeFailure()) await options.check();
      for (const messages of bySubject(await queue.receive(free, stopping))) subjects.start(messages);
      failures = 0;
    } catch (err) {
      if (isAborted(stopping)) break;
      failures += 1;
      recordFailure(options, err);
      await waitForBackoff(failures, failureBackoff, stopping);
    }
  }
  await subjects.end();
}

/** The subjects whose events are being applied. The queue delivers no further ones of them meanwhile. */
interface Subjects {
  /** Waits until there is room, and returns for how many. */
  available(): Promise<number>;
  start(messages: readonly QueuedMessage[]): void;
  /** Whether an event has failed since the last call: the store may have failed. */
  takeFailure(): boolean;
  /** Waits until all events that were started are applied. */
  end(): Promise<void>;
}

function createSubjects<Transaction>(options: ConsumerOptions<Transaction>, queue: EventQueue): Subjects {
  const applying = new Set<Promise<void>>();
  let hasFailed = false;
  return {
    async available() {
      while (applying.size >= concurrency) await Promise.race(applying);
      return concurrency - applying.size;
    },
    start(messages) {
      const work = applyInOrder(options, queue, messages)
        .catch((err: unknown) => {
          hasFailed = true;
          recordFailure(options, err);
        })
        .finally(() => applying.delete(work));
      applying.add(work);
    },
    takeFailure() {
      const taken = hasFailed;
      hasFailed = false;
      return taken;
    },
    async end() {
      await Promise.all(applying);
    },
  };
}

function recordFailure({ log }: Pick<ConsumerOptions<unknown>, 'log'>, err: unknown): void {
  logThrottled(log, { level: 'warn', key: 'consume', record: { err }, message: 'events could not be applied' });
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
  } finally {
    await confirm(options, queue, messages.slice(0, messages.length - waiting.length));
  }
}

/** The publisher of an event whose confirmation is lost publishes it again, after its emulator has restarted. */
async function confirm(
  { log }: Pick<ConsumerOptions<unknown>, 'log'>,
  queue: EventQueue,
  messages: readonly QueuedMessage[],
): Promise<void> {
  try {
    await queue.confirm(messages);
  } catch (err) {
    logThrottled(log, { level: 'warn', key: 'confirm', record: { err }, message: 'events could not be confirmed' });
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
