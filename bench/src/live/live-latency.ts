import { setTimeout as wait } from 'node:timers/promises';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { quantile } from '../measuring/quantile.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import type { SystemUnderTest } from '../system/system-under-test.js';
import { added, type BenchConversation } from './conversation.js';

/** How messages reached so many clients. Times in milliseconds. */
export interface LiveFigures {
  clients: number;
  /** From a message sent to its answer. */
  answered: number;
  /** From the answer to the event at a client; less than nothing when the event was first. */
  afterAnswer: Spread;
  /** From a message sent to the event at a client. */
  afterSent: Spread;
  /** Events that reached clients in a second while messages came as fast as they were taken. */
  perSecond: number;
  /** Processor time of the gateway for one of these messages. */
  processor: number;
}

export interface Spread {
  p50: number;
  p99: number;
}

/** People who send at the same time when as much as possible is sent. */
const senders = 8;

/** @param calm messages that are sent one by one @param seconds of sending as much as possible */
export async function measureLive(
  system: SystemUnderTest,
  conversation: BenchConversation,
  clients: number,
  calm: number,
  seconds: number,
): Promise<LiveFigures> {
  const { id, tokens } = conversation;
  const audience = await SubscriberPool.open({ url: system.url, document: added, variables: { id }, tokens }, clients);
  await wait(500);
  try {
    await oneByOne(conversation, audience, Math.min(calm, 10));
    const times = await oneByOne(conversation, audience, calm);
    const before = await processorTimes(system.pids);
    const { sent, perSecond } = await atOnce(conversation, audience, clients, seconds);
    const spent = timeBetween(before, await processorTimes(system.pids));
    return { clients, ...times, perSecond, processor: (spent.get('gateway') ?? NaN) / sent };
  } finally {
    await audience.close();
  }
}

/** A message is sent when everyone has the one before. */
async function oneByOne(
  conversation: BenchConversation,
  audience: SubscriberPool,
  messages: number,
): Promise<Pick<LiveFigures, 'answered' | 'afterAnswer' | 'afterSent'>> {
  const [answered, afterAnswer, afterSent]: number[][] = [[], [], []];
  for (let turn = 0; turn < messages; turn += 1) {
    const sent = performance.now();
    let answer = 0;
    const times = await audience.awaitEvent(() =>
      conversation.send(turn).then(() => (answer = performance.now() - sent)),
    );
    answered?.push(answer);
    for (const time of times) {
      afterSent?.push(time);
      afterAnswer?.push(time - answer);
    }
  }
  return { answered: quantile(answered ?? [], 0.5), afterAnswer: spread(afterAnswer), afterSent: spread(afterSent) };
}

/** Messages ahead of what the readers have, far from where a gateway ends the stream of one (`LIVE_QUEUE_EVENTS`). */
const mostAhead = 64;

/** As much as the readers keep up with is sent; what counts is when the last of it has come. */
async function atOnce(
  conversation: BenchConversation,
  audience: SubscriberPool,
  clients: number,
  seconds: number,
): Promise<{ sent: number; perSecond: number }> {
  const before = audience.delivered;
  const started = performance.now();
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000)
      if (sent - (audience.delivered - before) / clients < mostAhead) await conversation.send(sent++);
      else await wait(1);
  };
  await Promise.all(Array.from({ length: senders }, sender));
  const wanted = before + sent * clients;
  for (const late = performance.now() + 30_000; audience.delivered < wanted; await wait(1))
    if (performance.now() > late) throw new Error(`${audience.delivered - before} of ${wanted - before} events came.`);
  return { sent, perSecond: (sent * clients) / ((performance.now() - started) / 1000) };
}

function spread(values: readonly number[] = []): Spread {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}
