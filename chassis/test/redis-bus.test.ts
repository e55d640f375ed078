import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
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
if (missing) process.stdout.write(`chassis/test/redis-bus.test.ts: the tests over Redis did not run: ${missing}\n`);

describe('the bus', () => {
  const schema = processSettings.extend(busSettings).refine(...sharedBusInProduction);

  test.each([
    ['without REDIS_URL', {}],
    ['with an address that is not of Redis', { REDIS_URL: 'http://127.0.0.1:6379' }],
  ])('is refused in production %s', (_, variables) => {
    const read = () => readSettings(schema, { PORT: '0', NODE_ENV: 'production', ...variables });
    expect(read).toThrow('REDIS_URL: expected redis://host:port or rediss://host:port');
  });

  test('ends at the process without REDIS_URL, and the log says so', async () => {
    const bus = await openBus(readSettings(schema, { PORT: '0', NODE_ENV: 'test' }), log);
    cleanups.push(() => bus.close());
    const heard = hearing(bus, 'shows');
    bus.publish('shows', { id: 's1' });
    await heard.until(1);
    expect(lines.map(({ msg }) => msg)).toEqual([expect.stringContaining('run one replica')]);
  });

  test('serves its own process while there is no Redis, tells of the outage once and closes', async () => {
    const bus = opened('redis://127.0.0.1:1');
    const heard = hearing(bus, 'shows');
    for (const id of ['s1', 's2', 's3']) bus.publish('shows', { id });
    await heard.until(3);
    await wait(300);
    expect(lines.map(({ msg }) => msg).sort()).toEqual([
      'the bus has lost its publisher connection',
      'the bus has lost its subscriber connection',
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

  test('every process hears what is told in any, in order and once, and nothing of other topics', async () => {
    const [one, other] = [opened(server.url), opened(server.url)];
    const heard = [hearing(one, 'jobs'), hearing(one, 'jobs'), hearing(other, 'jobs')];
    await listeners('jobs', 2);
    other.publish('shows', { id: 's1' });
    for (const id of ['j1', 'j2', 'j3']) one.publish('jobs', { id, at: 1 });
    for (const { until } of heard) await until(3);
    other.publish('jobs', { id: 'j4' });
    for (const { until } of heard) await until(4);
    const all = ['j1', 'j2', 'j3', 'j4'];
    expect(heard.map(({ messages }) => messages.map(({ id }) => id))).toEqual([all, all, all]);
  });

  test('a subscription that cannot catch up ends when an outage is over, and another one goes on', async () => {
    const bus = opened(server.url);
    const leave = new AbortController();
    const ended = (async () => {
      for await (const _ of bus.subscribe('shows', leave.signal, { endAfterOutage: true })) continue;
      return leave.signal.aborted;
    })();
    const heard = hearing(bus, 'shows');
    await listeners('shows', 1);
    await server.kill();
    await server.start();
    expect(await ended).toBe(false);
    bus.publish('shows', { id: 's1' });
    await heard.until(1);
  });

  test('systems with other prefixes do not hear one another', async () => {
    const [one, stranger] = [opened(server.url), opened(server.url, 'other:')];
    const [heard, overheard] = [hearing(one, 'jobs'), hearing(stranger, 'jobs')];
    await listeners('jobs', 1);
    stranger.publish('jobs', { id: 'x' });
    await overheard.until(1);
    opened(server.url).publish('jobs', { id: 'lost while connecting' });
    await publishUntilHeard(opened(server.url), 'jobs', heard);
    expect(heard.messages.map(({ id }) => id)).not.toContain('x');
  });

  test('a channel is subscribed once for all who listen, and no longer when the last has left', async () => {
    const bus = opened(server.url);
    const [first, second] = [new AbortController(), new AbortController()];
    hearing(bus, 'few', first.signal);
    hearing(bus, 'few', second.signal);
    await listeners('few', 1);
    first.abort();
    const stays = hearing(bus, 'few', second.signal);
    await publishUntilHeard(opened(server.url), 'few', stays);
    second.abort();
    await listeners('few', 0);
    expect(await subscribers('few')).toBe(0);
  });

  test('what is no hint is ignored and logged without its content', async () => {
    const bus = opened(server.url);
    const heard = hearing(bus, 'jobs');
    await listeners('jobs', 1);
    const garbage = ['hunter2', '{}', 'null', '{"origin":"a","message":{"id":{"deep":"hunter2"}}}', '{"origin":1}'];
    for (const text of garbage) await admin.publish('marquee:jobs', text);
    await admin.publish('marquee:jobs', '{"origin":"a","message":{"id":"j1","at":2}}');
    await heard.until(1);
    expect(heard.messages).toEqual([{ id: 'j1', at: 2 }]);
    expect(lines.filter(({ channel }) => channel === 'marquee:jobs')).toHaveLength(garbage.length);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  test('who catches up hears an empty message when it listens and after an outage; the others do not', async () => {
    const bus = opened(server.url);
    const catching = hearing(bus, 'jobs', undefined, true);
    const plain = hearing(bus, 'jobs');
    await catching.until(1);
    await server.kill();
    await server.start();
    await catching.until(2);
    bus.publish('jobs', { id: 'j1' });
    await catching.until(3);
    expect([catching.messages, plain.messages]).toEqual([[{}, {}, { id: 'j1' }], [{ id: 'j1' }]]);
  });

  test('hints flow again after Redis is killed and started; meanwhile nothing throws and the process hears itself', async () => {
    const [one, other] = [opened(server.url), opened(server.url)];
    const [near, far] = [hearing(one, 'jobs'), hearing(other, 'jobs')];
    await publishUntilHeard(one, 'jobs', far);
    await server.kill();
    const before = near.messages.length;
    for (const id of ['k1', 'k2']) one.publish('jobs', { id });
    await near.until(before + 2);
    const late = hearing(other, 'late');
    await server.start();
    await publishUntilHeard(one, 'jobs', far);
    await publishUntilHeard(one, 'late', late);
    expect(lines.map(({ msg }) => msg)).toContain('the bus has its subscriber connection again');
  });

  test('closing ends its subscriptions and quits both connections', async () => {
    const bus = opened(server.url);
    const heard = hearing(bus, 'closing');
    await listeners('closing', 1);
    await bus.close();
    await heard.ended;
    expect(await subscribers('closing')).toBe(0);
    expect(lines).toEqual([]);
  });

  async function subscribers(topic: string): Promise<number> {
    const [, count] = (await admin.pubsub('NUMSUB', `marquee:${topic}`)) as [string, number];
    return count;
  }

  async function listeners(topic: string, count: number): Promise<void> {
    while ((await subscribers(topic)) !== count) await wait(5);
  }
});

function opened(url: string, prefix = 'marquee:'): Bus {
  const bus = createRedisBus({ url, prefix, log });
  cleanups.push(() => bus.close());
  return bus;
}

interface Hearing {
  messages: BusMessage[];
  until(count: number): Promise<void>;
  ended: Promise<void>;
}

function hearing(bus: Bus, topic: string, signal = new AbortController().signal, catchUp = false): Hearing {
  const messages: BusMessage[] = [];
  const heard = bus.subscribe(topic, signal, { catchUp });
  return {
    messages,
    until: async (count) => {
      while (messages.length < count) await wait(5);
    },
    ended: (async () => {
      for await (const message of heard) messages.push(message);
    })(),
  };
}

/** A hint may be lost while connections open: tells again until one is heard. */
async function publishUntilHeard(bus: Bus, topic: string, { messages }: Hearing): Promise<void> {
  const before = messages.length;
  while (messages.length === before) {
    bus.publish(topic, { id: 'again' });
    await wait(10);
  }
}
