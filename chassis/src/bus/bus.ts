import { EventEmitter, on } from 'node:events';
import type { Closable } from '../process/closers.js';
import { withCurrentCause } from './event-cause.js';

/**
 * Notifies subscribers of changes. A notification contains keys, never content: subscribers read the store, so a lost or
 * duplicate notification does no harm.
 */
export interface Bus extends Closable {
  /**
   * Notifies the current subscribers of a topic. Publish after the transaction has committed. The notification carries the
   * current request as its cause, see `causeOf`.
   */
  publish(topic: string, message: BusMessage): void;
  /** The notifications of a topic from the call on, until the signal aborts or the bus closes. */
  subscribe(topic: string, signal: AbortSignal, options?: SubscribeOptions): AsyncIterable<BusMessage>;
  /**
   * The last time at which notifications of other processes may have been lost, in milliseconds on the clock of
   * `performance.now()`: now, while the bus is interrupted; 0 if none can have been lost.
   */
  lostUntil(): number;
}

export interface SubscribeOptions {
  /**
   * Also delivers an empty notification whenever others may have been lost: once a bus between processes is subscribed, and
   * after each of its outages. For subscribers that read the store on every notification. Default: false.
   */
  catchUp?: boolean;
}

/** Identifies the changed rows: key values by key name. */
export type BusMessage = Readonly<Record<string, string | number>>;

/** A bus within this process, sufficient for a single replica. */
export function createProcessBus(): Bus {
  const topics = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  return {
    publish: (topic, message) => void topics.emit(eventOf(topic), withCurrentCause(message)),
    subscribe: (topic, signal) => listen(topics, eventOf(topic), AbortSignal.any([signal, closing.signal])),
    lostUntil: () => 0,
    close: () => closing.abort(),
  };
}

/** Prefixed, since an emitter throws on an event named `error`. */
function eventOf(topic: string): string {
  return `topic ${topic}`;
}

/** Listens from the call on, not from the first read, so that no notification in between is lost. */
function listen(topics: EventEmitter, event: string, signal: AbortSignal): AsyncIterable<BusMessage> {
  return endOnAbort(on(topics, event, { signal }), signal);
}

async function* endOnAbort(events: AsyncIterable<unknown[]>, signal: AbortSignal): AsyncGenerator<BusMessage> {
  try {
    for await (const [message] of events) yield message as BusMessage;
  } catch (failure) {
    if (!signal.aborted) throw failure;
  }
}
