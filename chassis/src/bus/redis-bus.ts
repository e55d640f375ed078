/**
 * The bus over Redis pub/sub, for several replicas. Who is in the same process hears at once, Redis or no Redis; the
 * others hear while Redis is there. What could not be told is told when the connection is back, as long as it is not
 * too much; an outage may lose hints and nothing else, for the store is the truth.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { observedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { type Bus, type BusMessage, type SubscribeOptions, createProcessBus } from './bus.js';
import { type RedisConnection, connectRedis } from './redis-connection.js';
import { type RefCountedChannels, refCountedChannels } from './ref-counted-channels.js';

export interface RedisBusOptions {
  /** `redis://` or, with TLS, `rediss://` */
  url: string;
  /** What the names of all channels begin with: those who share it hear one another. */
  prefix: string;
  log: Logger;
}

/** Most hints that are kept while the connection is down. */
const untoldLimit = 1_000;

/** Opens a bus at once; it connects, and connects again, on its own. Closing it quits both connections. */
export function createRedisBus(options: RedisBusOptions): Bus {
  return new RedisBus(options);
}

class RedisBus implements Bus {
  readonly #origin = randomUUID();
  readonly #here = createProcessBus();
  readonly #publisher: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #channels: RefCountedChannels;
  /** For those who want to know of the next one, by topic. */
  readonly #outages = new Map<string, AbortController>();
  /** What waits for the connection, by channel, in order. */
  readonly #lost = observedValue('marquee.bus.notifications.lost');
  readonly #untold: [channel: string, text: string][] = [];

  constructor(private readonly options: RedisBusOptions) {
    const { url, log } = options;
    this.#publisher = connectRedis(url, { name: 'publisher', log });
    this.#subscriber = connectRedis(url, { name: 'subscriber', log });
    this.#channels = refCountedChannels(this.#subscriber.redis, {
      onSubscribed: (channel, again) => this.#listening(this.#topicOf(channel), again),
      onError: (err) => this.#warn(this.#subscriber, err, 'the bus could not listen to a channel'),
    });
    this.#subscriber.redis.on('message', (channel, text) => this.#hear(channel, text));
    this.#publisher.redis.on('ready', () => this.#tellLate());
  }

  publish(topic: string, message: BusMessage): void {
    this.#tellHere(topic, message);
    const text = JSON.stringify({ origin: this.#origin, message } satisfies Envelope);
    this.#tellOthers(this.#channelOf(topic), text);
  }

  subscribe(topic: string, signal: AbortSignal, options: SubscribeOptions = {}): AsyncIterable<BusMessage> {
    const ending = options.endAfterOutage ? AbortSignal.any([signal, this.#outageOf(topic)]) : signal;
    const heard = this.#here.subscribe(options.catchUp ? catchingUp(topic) : topic, ending);
    const release = this.#channels.acquire(this.#channelOf(topic));
    ending.addEventListener('abort', release, { once: true });
    return releasing(heard, release);
  }

  async close(): Promise<void> {
    await this.#here.close();
    await Promise.all([this.#publisher.close(), this.#subscriber.close()]);
  }

  #listening(topic: string, again: boolean): void {
    this.#here.publish(catchingUp(topic), {});
    if (!again) return;
    this.#outages.get(topic)?.abort();
    this.#outages.delete(topic);
  }

  /** Aborts when an outage of the topic is over. */
  #outageOf(topic: string): AbortSignal {
    const outage = this.#outages.get(topic) ?? new AbortController();
    this.#outages.set(topic, outage);
    return outage.signal;
  }

  #tellOthers(channel: string, text: string): void {
    this.#publisher.redis.publish(channel, text).catch((err: unknown) => {
      if (this.#publisher.redis.status !== 'ready' && this.#untold.length < untoldLimit) {
        this.#untold.push([channel, text]);
        return;
      }
      this.#lost.value += 1;
      this.#warn(this.#publisher, err, 'a hint was lost');
    });
  }

  /** Replicas come back one after the other: who is late tells then what the others could not hear of it. */
  #tellLate(): void {
    for (const [channel, text] of this.#untold.splice(0)) this.#tellOthers(channel, text);
  }

  #hear(channel: string, text: string): void {
    const told = readEnvelope(text);
    if (!told) this.options.log.warn({ channel }, 'the bus brought what is no hint');
    else if (told.origin !== this.#origin) this.#tellHere(this.#topicOf(channel), told.message);
  }

  #tellHere(topic: string, message: BusMessage): void {
    this.#here.publish(topic, message);
    this.#here.publish(catchingUp(topic), message);
  }

  /** An outage is told once by its connection, not by each command that it hits. */
  #warn({ redis }: RedisConnection, err: unknown, what: string): void {
    if (redis.status === 'ready') this.options.log.warn({ err }, what);
  }

  #channelOf(topic: string): string {
    return this.options.prefix + topic;
  }

  #topicOf(channel: string): string {
    return channel.slice(this.options.prefix.length);
  }
}

/** What goes over the wire. Who sent it has heard it already. */
const envelope = z.object({
  origin: z.string(),
  message: z.record(z.string(), z.union([z.string(), z.number()])),
});

type Envelope = z.output<typeof envelope>;

function readEnvelope(text: string): Envelope | undefined {
  try {
    return envelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Those who catch up hear of a topic under another name, since they alone hear the empty message. */
function catchingUp(topic: string): string {
  return `catching up: ${topic}`;
}

async function* releasing(heard: AsyncIterable<BusMessage>, release: () => void): AsyncGenerator<BusMessage> {
  try {
    yield* heard;
  } finally {
    release();
  }
}
