import { EventEmitter, on } from 'node:events';
import type { Closable } from '../process/closers.js';

/**
 * Tells subscribers that something happened. A message is a hint and holds keys, never content:
 * who hears it reads the store, so one that is lost or doubled loses and doubles nothing.
 */
export interface Bus extends Closable {
  /** Tells everyone who listens to the topic now. Publish after the transaction has committed. */
  publish(topic: string, message: BusMessage): void;
  /** The messages of a topic from now on, until the signal aborts or the bus closes. */
  subscribe(topic: string, signal: AbortSignal, options?: SubscribeOptions): AsyncIterable<BusMessage>;
}

export interface SubscribeOptions {
  /**
   * Brings an empty message whenever others may have been missed: once a bus between processes has begun to listen, and
   * after each of its outages. For those who look at the store at any message. Default: false.
   */
  catchUp?: boolean;
  /**
   * Ends the subscription when a bus between processes is back after an outage: for those who cannot find out what they
   * missed, so that their readers hear of it. Default: false.
   */
  endAfterOutage?: boolean;
}

/** Keys of what changed, by name. */
export type BusMessage = Readonly<Record<string, string | number>>;

/** A bus within this process: enough for one replica. */
export function createProcessBus(): Bus {
  const topics = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  return {
    publish: (topic, message) => void topics.emit(topicEvent(topic), message),
    subscribe: (topic, signal) => listen(topics, topicEvent(topic), AbortSignal.any([signal, closing.signal])),
    close: () => closing.abort(),
  };
}

/** A topic may be called `error`, which an emitter would throw. */
function topicEvent(topic: string): string {
  return `topic ${topic}`;
}

/** Listens from the call on, not from the first read, so that nothing told in between is missed. */
function listen(topics: EventEmitter, event: string, signal: AbortSignal): AsyncIterable<BusMessage> {
  const heard = on(topics, event, { signal });
  return endingQuietly(heard, signal);
}

async function* endingQuietly(heard: AsyncIterable<unknown[]>, signal: AbortSignal): AsyncGenerator<BusMessage> {
  try {
    for await (const [message] of heard) yield message as BusMessage;
  } catch (failure) {
    if (!signal.aborted) throw failure;
  }
}
