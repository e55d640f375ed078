import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Bus, BusMessage } from '@marquee/chassis/bus/bus';
import { busSettings, openBus, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { createRedisBus } from '@marquee/chassis/bus/redis-bus';
import { processSettings, readSettings } from '@marquee/chassis/config/settings';
import { openRedisServer, type RedisServer, missingRedisReason } from '@marquee/testkit/redis-server';

const lines: { level: number; msg: string; channel?: string }[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  lines.length = 0;
});

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing) process.stdout.write(`chassis/test/redis-bus.test.ts: the tests over Redis were skipped: ${missing}\n`);

describe('the bus', () => {
  const schema = processSettings.extend(busSettings).refine(...sharedBusInProduction);

  test.each([
    ['without REDIS_URL', {}],
    ['with a URL of another protocol', { REDIS_URL: 'http://127.0.0.1:6379' }],
  ])('cannot start in production %s', (_, variables) => {
    const read = () => readSettings(schema, { PORT: '0', NODE_ENV: 'production', ...variables });
    expect(read).toThrow('REDIS_URL: expected redis://host:port or rediss://host:port');
  });

  test('is limited to the process without REDIS_URL, and logs that', async () => {
    const bus = await openBus(readSettings(schema, { PORT: '0', NODE_ENV: 'test' }), log);
    cleanups.push(() => bus.close());
    const received = collect(bus, 'shows');
    bus.publish('shows', { id: 's1' });
    await received.until(1);
    expect(lines.map(({ msg }) => msg)).toEqual([expect.stringContaining('run one replica only')]);
  });

  test('notifies its own process while Redis is unreachable, and logs the outage once', async () => {
    const bus = opened('redis://127.0.0.1:1');
    const received = collect(bus, 'shows');
    for (const id of ['s1', 's2', 's3']) bus.publish('shows', { id });
    await received.until(3);
    while (lines.length < 2) await wait(5);
    await wait(300);
    expect(lines.map(({ msg }) => msg).sort()).toEqual([
      'the publisher connection to Redis is lost',
      'the subscriber connection to Redis is lost',
    ]);
  });
});

withRedis('over Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await openRedisServer();
    admin = new Redis(server.url, { protocol: 2, retryStrategy: () => 20 }).on('error', () => undefined);
  });
  afterAll(async () => {
    admin.disconnect();
    await server.close();
  });

  test('delivers each notification once and in order to all processes, by topic', async () => {
    const [one, other] = [opened(server.url), opened(server.url)];
    const received = [collect(one, 'jobs'), collect(one, 'jobs'), collect(other, 'jobs')];
    await listeners('jobs', 2);
    other.publish('shows', { id: 's1' });
    for (const id of ['j1', 'j2', 'j3']) one.publish('jobs', { id, at: 1 });
    for (const { until } of received) await until(3);
    other.publish('jobs', { id: 'j4' });
    for (const { until } of received) await until(4);
    const all = ['j1', 'j2', 'j3', 'j4'];
    expect(received.map(({ messages }) => messages.map(({ id }) => id))).toEqual([all, all, all]);
  });

  test('separates systems with different prefixes', async () => {
    const [one, stranger] = [opened(server.url), opened(server.url, 'other:')];
    const [received, foreign] = [collect(one, 'jobs'), collect(stranger, 'jobs')];
    await listeners('jobs', 1);
    stranger.publish('jobs', { id: 'x' });
    await foreign.until(1);
    opened(server.url).publish('jobs', { id: 'lost while connecting' });
    await publishUntilReceived(opened(server.url), 'jobs', received);
    expect(received.messages.map(({ id }) => id)).not.toContain('x');
  });

  test('subscribes to a channel once, until its last subscriber ends', async () => {
    const bus = opened(server.url);
    const [first, second] = [new AbortController(), new AbortController()];
    collect(bus, 'few', first.signal);
    collect(bus, 'few', second.signal);
    await listeners('few', 1);
    first.abort();
    const stays = collect(bus, 'few', second.signal);
    await publishUntilReceived(opened(server.url), 'few', stays);
    second.abort();
    await listeners('few', 0);
    expect(await subscribers('few')).toBe(0);
  });

  test('ignores invalid messages and logs them without their content', async () => {
    const bus = opened(server.url);
    const received = collect(bus, 'jobs');
    await listeners('jobs', 1);
    const garbage = ['hunter2', '{}', 'null', '{"origin":"a","message":{"id":{"deep":"hunter2"}}}', '{"origin":1}'];
    for (const text of garbage) await admin.publish('marquee:jobs', text);
    await admin.publish('marquee:jobs', '{"origin":"a","message":{"id":"j1","at":2}}');
    await received.until(1);
    expect(received.messages).toEqual([{ id: 'j1', at: 2 }]);
    expect(lines.filter(({ channel }) => channel === 'marquee:jobs')).toHaveLength(garbage.length);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  test('delivers an empty notification on subscribing and after an outage, with catchUp only', async () => {
    const bus = opened(server.url);
    const catching = collect(bus, 'jobs', undefined, true);
    const plain = collect(bus, 'jobs');
    await catching.until(1);
    await server.kill();
    await server.start();
    await catching.until(2);
    bus.publish('jobs', { id: 'j1' });
    await catching.until(3);
    expect([catching.messages, plain.messages]).toEqual([[{}, {}, { id: 'j1' }], [{ id: 'j1' }]]);
  });

  test('recovers from an outage of Redis, during which it still notifies its own process', async () => {
    const [one, other] = [opened(server.url), opened(server.url)];
    const [near, far] = [collect(one, 'jobs'), collect(other, 'jobs')];
    await publishUntilReceived(one, 'jobs', far);
    await server.kill();
    const before = near.messages.length;
    for (const id of ['k1', 'k2']) one.publish('jobs', { id });
    await near.until(before + 2);
    const late = collect(other, 'late');
    await server.start();
    await publishUntilReceived(one, 'jobs', far);
    await publishUntilReceived(one, 'late', late);
    expect(lines.map(({ msg }) => msg)).toContain('the subscriber connection to Redis is restored');
  });

  test('ends its subscriptions and both connections when it is closed', async () => {
    const bus = opened(server.url);
    const received = collect(bus, 'closing');
    await listeners('closing', 1);
    await bus.close();
    await received.ended;
    expect(await subscribers('closing')).toBe(0);
    expect(lines).toEqual([]);
  });

  test('delivers an empty notification with catchUp after a gap in the numbers of a process', async () => {
    const bus = opened(server.url);
    const received = collect(bus, 'gaps', undefined, true);
    await received.until(1);
    for (const sequence of [1, 2, 4, 5])
      await admin.publish('marquee:gaps', JSON.stringify({ origin: 'a', sequence, message: { id: sequence } }));
    await received.until(6);
    expect(received.messages).toEqual([{}, { id: 1 }, { id: 2 }, { id: 4 }, {}, { id: 5 }]);
  });

  describe('reports until when notifications may have been lost:', () => {
    /** Of a prefix of its own, so that the other buses of this file are not heard. */
    let prefix: string;
    let bus: Bus;
    beforeEach(async () => {
      prefix = `${Math.random()}:`;
      bus = opened(server.url, prefix, 300);
      await untilWhole();
    });

    test('now, during an outage', async () => {
      await server.kill();
      await untilInterrupted();
      await server.start();
      await untilWhole();
      expect(bus.lostUntil()).toBeLessThan(performance.now());
    });

    test('now, while another process is silent that has published', async () => {
      await heartbeat({ published: 1 });
      await untilInterrupted();
      await heartbeat({ published: 2 });
      await untilWhole();
      await heartbeat({ published: 2, closing: true });
      await untilWhole(1_500);
      expect(performance.now() - bus.lostUntil()).toBeGreaterThanOrEqual(1_500);
    });

    test('not by the silence of a process that publishes nothing', async () => {
      await heartbeat({ published: 0 });
      await untilWhole(1_500);
      expect(performance.now() - bus.lostUntil()).toBeGreaterThanOrEqual(1_500);
    });

    test('when another process could not send one', async () => {
      await heartbeat({ published: 1, closing: true });
      const before = performance.now();
      await heartbeat({ published: 2, lost: 1, closing: true });
      while (bus.lostUntil() < before) await wait(5);
      expect(bus.lostUntil()).toBeGreaterThanOrEqual(before);
    });

    async function untilWhole(milliseconds = 50): Promise<void> {
      while (performance.now() - bus.lostUntil() < milliseconds) await wait(5);
    }

    async function untilInterrupted(): Promise<void> {
      while (performance.now() - bus.lostUntil() > 1) await wait(5);
    }

    async function heartbeat(state: object): Promise<void> {
      await admin.publish(`${prefix}@heartbeat`, JSON.stringify({ origin: 'x', lost: 0, closing: false, ...state }));
    }
  });

  async function subscribers(topic: string): Promise<number> {
    const [, count] = (await admin.pubsub('NUMSUB', `marquee:${topic}`)) as [string, number];
    return count;
  }

  async function listeners(topic: string, count: number): Promise<void> {
    while ((await subscribers(topic)) !== count) await wait(5);
  }
});

function opened(url: string, prefix = 'marquee:', heartbeatMs?: number): Bus {
  const bus = createRedisBus({ url, prefix, log, ...(heartbeatMs !== undefined && { heartbeatMs }) });
  cleanups.push(() => bus.close());
  return bus;
}

interface Received {
  messages: BusMessage[];
  until(count: number): Promise<void>;
  ended: Promise<void>;
}

function collect(bus: Bus, topic: string, signal = new AbortController().signal, catchUp = false): Received {
  const messages: BusMessage[] = [];
  const received = bus.subscribe(topic, signal, { catchUp });
  return {
    messages,
    until: async (count) => {
      while (messages.length < count) await wait(5);
    },
    ended: (async () => {
      for await (const message of received) messages.push(message);
    })(),
  };
}

/** Publishes until a notification arrives, since notifications may be lost while connections are opened. */
async function publishUntilReceived(bus: Bus, topic: string, { messages }: Received): Promise<void> {
  const before = messages.length;
  while (messages.length === before) {
    bus.publish(topic, { id: 'again' });
    await wait(10);
  }
}
