/**
 * The bus over Redis pub/sub, for several replicas. Subscribers in the publishing process are notified at once, with or
 * without Redis; those in other processes while Redis is reachable. Notifications published during an outage are kept, up
 * to a limit, and sent when the connection is restored. An outage may lose notifications and nothing else: the store is
 * the source of truth.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { onAbort } from '../timing/on-abort.js';
import { observedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { type BusHealth, createBusHealth } from './bus-health.js';
import { type Bus, type BusMessage, createProcessBus, type SubscribeOptions } from './bus.js';
import { causeOf, withCause } from './event-cause.js';
import { createNotificationSequence } from './notification-sequence.js';
import { type RefCountedChannels, refCountedChannels } from './ref-counted-channels.js';
import { connectRedis, type RedisConnection } from './redis-connection.js';

export interface RedisBusOptions {
  /** `redis://` or, with TLS, `rediss://`. */
  url: string;
  /** The prefix of all channel names: buses with the same prefix are connected. */
  prefix: string;
  log: Logger;
  /** Milliseconds between two heartbeats. Default: 5,000. */
  heartbeatMs?: number;
}

/** No topic of a service. */
const heartbeatTopic = '@heartbeat';

/** Maximum number of notifications that are kept while the connection is down. */
const maxPending = 1_000;

/** Opens a bus at once; it connects and reconnects in the background. Closing it closes both connections. */
export function createRedisBus(options: RedisBusOptions): Bus {
  return new RedisBus(options);
}

class RedisBus implements Bus {
  readonly #origin = randomUUID();
  readonly #local = createProcessBus();
  readonly #publisher: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #channels: RefCountedChannels;
  readonly #lost = observedValue('marquee.bus.notifications.lost');
  readonly #counts = { published: 0, lost: 0 };
  readonly #sequence = createNotificationSequence();
  readonly #health: BusHealth;
  /** Messages to send when the connection is restored, in order. */
  readonly #pending: [channel: string, text: string][] = [];

  constructor(private readonly options: RedisBusOptions) {
    const { url, log } = options;
    this.#publisher = connectRedis(url, { name: 'publisher', log });
    this.#subscriber = connectRedis(url, { name: 'subscriber', log });
    this.#channels = refCountedChannels(this.#subscriber.redis, {
      onSubscribed: (channel) => this.#local.publish(catchUpTopic(this.#topicOf(channel)), {}),
      onError: (err) => this.#warn(this.#subscriber, err, 'the bus could not subscribe to a channel'),
    });
    this.#subscriber.redis.on('message', (channel, text) => this.#receive(channel, text));
    this.#publisher.redis.on('ready', () => this.#sendPending());
    this.#health = this.#openHealth();
  }

  #openHealth(): BusHealth {
    const channel = this.#channelOf(heartbeatTopic);
    this.#channels.acquire(channel);
    const send = (text: string) => void this.#publisher.redis.publish(channel, text).catch(() => undefined);
    return createBusHealth({
      origin: this.#origin,
      send,
      counts: () => this.#counts,
      intervalMs: this.options.heartbeatMs,
    });
  }

  publish(topic: string, message: BusMessage): void {
    this.#notifyLocally(topic, message);
    this.#counts.published += 1;
    const sequence = this.#sequence.next(topic);
    const traceparent = causeOf(message);
    const text = JSON.stringify({ origin: this.#origin, sequence, message, traceparent } satisfies Envelope);
    this.#send(this.#channelOf(topic), text);
  }

  subscribe(topic: string, signal: AbortSignal, options: SubscribeOptions = {}): AsyncIterable<BusMessage> {
    const messages = this.#local.subscribe(options.catchUp ? catchUpTopic(topic) : topic, signal);
    const release = this.#channels.acquire(this.#channelOf(topic));
    onAbort(signal, release);
    return releaseAtEnd(messages, release);
  }

  lostUntil(): number {
    return this.#subscriber.redis.status === 'ready' ? this.#health.lostUntil() : performance.now();
  }

  async close(): Promise<void> {
    this.#health.close();
    await this.#local.close();
    await Promise.all([this.#publisher.close(), this.#subscriber.close()]);
  }

  #send(channel: string, text: string): void {
    this.#publisher.redis.publish(channel, text).catch((err: unknown) => {
      if (this.#publisher.redis.status !== 'ready' && this.#pending.length < maxPending) {
        this.#pending.push([channel, text]);
        return;
      }
      this.#lost.value += 1;
      this.#counts.lost += 1;
      this.#warn(this.#publisher, err, 'a notification was lost');
    });
  }

  /** Publishes the notifications that failed during the outage. Each replica does so once it has reconnected. */
  #sendPending(): void {
    for (const [channel, text] of this.#pending.splice(0)) this.#send(channel, text);
  }

  #receive(channel: string, text: string): void {
    const topic = this.#topicOf(channel);
    if (topic === heartbeatTopic) return this.#health.receive(text);
    const received = readEnvelope(text);
    if (!received) return this.options.log.warn({ channel }, 'the bus received an invalid message');
    const { origin, sequence, traceparent } = received;
    if (origin === this.#origin) return;
    this.#notifyLocally(topic, withCause(received.message, traceparent));
    if (sequence !== undefined && this.#sequence.isGap(topic, origin, sequence))
      this.#local.publish(catchUpTopic(topic), {});
  }

  #notifyLocally(topic: string, message: BusMessage): void {
    this.#local.publish(topic, message);
    this.#local.publish(catchUpTopic(topic), message);
  }

  /** Not during an outage, which its connection logs once, instead of each command that fails. */
  #warn({ redis }: RedisConnection, err: unknown, message: string): void {
    if (redis.status === 'ready') this.options.log.warn({ err }, message);
  }

  #channelOf(topic: string): string {
    return this.options.prefix + topic;
  }

  #topicOf(channel: string): string {
    return channel.slice(this.options.prefix.length);
  }
}

/** The message on the wire. Its origin has already notified its own subscribers. */
const envelope = z.object({
  origin: z.string(),
  /** Absent from a process of an earlier version. */
  sequence: z.number().optional(),
  message: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Of the request that caused it, if its trace is sampled. */
  traceparent: z.string().optional(),
});

type Envelope = z.output<typeof envelope>;

function readEnvelope(text: string): Envelope | undefined {
  try {
    return envelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The local topic of subscribers with `catchUp`, which alone receive empty notifications. */
function catchUpTopic(topic: string): string {
  return `catch up: ${topic}`;
}

async function* releaseAtEnd(messages: AsyncIterable<BusMessage>, release: () => void): AsyncGenerator<BusMessage> {
  try {
    yield* messages;
  } finally {
    release();
  }
}
