import { setTimeout as wait } from 'node:timers/promises';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { quantile } from '../measuring/quantile.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import type { SystemUnderTest } from '../system/system-under-test.js';
import { added, type BenchConversation } from './conversation.js';

/** Delivery latencies for a number of subscribers, in milliseconds. */
export interface LiveFigures {
  clients: number;
  /** From the request of a message to its response. */
  responded: number;
  /** From the response to the event at a client; negative when the event arrives first. */
  afterResponse: Spread;
  /** From the request to the event at a client. */
  afterSent: Spread;
  /** Deliveries per second at the highest rate that subscribers keep up with. */
  perSecond: number;
  /** CPU milliseconds of the gateway per message at that rate. */
  processor: number;
}

export interface Spread {
  p50: number;
  p99: number;
}

/** Concurrent senders of the throughput measurement. */
const senders = 8;

/**
 * @param sequential number of messages that are sent one after the other
 * @param seconds duration of the throughput measurement
 */
export async function measureLive(
  system: SystemUnderTest,
  conversation: BenchConversation,
  clients: number,
  sequential: number,
  seconds: number,
): Promise<LiveFigures> {
  const { id, tokens } = conversation;
  const subscribers = await SubscriberPool.open(
    { url: system.url, document: added, variables: { id }, tokens },
    clients,
  );
  await wait(500);
  try {
    await measureLatency(conversation, subscribers, Math.min(sequential, 10));
    const times = await measureLatency(conversation, subscribers, sequential);
    const before = await processorTimes(system.pids);
    const { sent, perSecond } = await measureThroughput(conversation, subscribers, clients, seconds);
    const spent = timeBetween(before, await processorTimes(system.pids));
    return { clients, ...times, perSecond, processor: (spent.get('gateway') ?? NaN) / sent };
  } finally {
    await subscribers.close();
  }
}

/** Sends each message once all subscribers have received the one before. */
async function measureLatency(
  conversation: BenchConversation,
  subscribers: SubscriberPool,
  messages: number,
): Promise<Pick<LiveFigures, 'responded' | 'afterResponse' | 'afterSent'>> {
  const [responded, afterResponse, afterSent]: number[][] = [[], [], []];
  for (let turn = 0; turn < messages; turn += 1) {
    const sent = performance.now();
    let response = 0;
    const times = await subscribers.awaitEvent(() =>
      conversation.send(turn).then(() => (response = performance.now() - sent)),
    );
    responded?.push(response);
    for (const time of times) {
      afterSent?.push(time);
      afterResponse?.push(time - response);
    }
  }
  return {
    responded: quantile(responded ?? [], 0.5),
    afterResponse: spread(afterResponse),
    afterSent: spread(afterSent),
  };
}

/** Undelivered messages allowed at a time, far below the queue limit of a subscriber (`LIVE_QUEUE_EVENTS`). */
const maxUndelivered = 64;

/** Sends as fast as subscribers keep up; the time ends with the last delivery. */
async function measureThroughput(
  conversation: BenchConversation,
  subscribers: SubscriberPool,
  clients: number,
  seconds: number,
): Promise<{ sent: number; perSecond: number }> {
  const before = subscribers.delivered;
  const started = performance.now();
  let sent = 0;
  const send = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000)
      if (sent - (subscribers.delivered - before) / clients < maxUndelivered) await conversation.send(sent++);
      else await wait(1);
  };
  await Promise.all(Array.from({ length: senders }, send));
  const expected = before + sent * clients;
  for (const deadline = performance.now() + 30_000; subscribers.delivered < expected; await wait(1))
    if (performance.now() > deadline)
      throw new Error(`${subscribers.delivered - before} of ${expected - before} events arrived.`);
  return { sent, perSecond: (sent * clients) / ((performance.now() - started) / 1000) };
}

function spread(values: readonly number[] = []): Spread {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}
