import { kill } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { BoundedRedis } from '@marquee/chassis/bus/bounded-redis';
import type { Bus } from '@marquee/chassis/bus/bus';
import { createRedisBus } from '@marquee/chassis/bus/redis-bus';
import { connectRedis } from '@marquee/chassis/bus/redis-connection';
import { openLog } from '@marquee/chassis/telemetry/log';
import { missingRedisReason, openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';

const log = openLog('test', '0', 'silent');
const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing) process.stdout.write(`chassis/test/silent-redis.test.ts: all tests were skipped: ${missing}\n`);

/** How long Redis is away, in milliseconds. */
const faultMs = 6_000;

interface Target {
  server: RedisServer;
  proxy: TcpProxy;
}

/** Starts a failure and returns what ends it. */
const faults: Readonly<Record<string, (target: Target) => Promise<() => unknown>>> = {
  async silent({ proxy }) {
    proxy.swallow();
    return () => proxy.forward();
  },
  async frozen({ server }) {
    const pid = server.pid() ?? 0;
    kill(pid, 'SIGSTOP');
    return () => kill(pid, 'SIGCONT');
  },
  async refused({ server }) {
    await server.kill();
    return () => server.start();
  },
  async reset({ proxy }) {
    proxy.reset();
    return () => undefined;
  },
};

withRedis('a Redis that is', () => {
  const opened: Target[] = [];
  afterAll(async () => {
    for (const { server, proxy } of opened) {
      proxy.close();
      await server.close();
    }
  });

  test.concurrent.each(Object.keys(faults))(
    '%s delays no call that can do without it, and is in use again soon afterwards',
    async (fault) => {
      const target = await openTarget();
      const redis = new BoundedRedis(connectRedis(target.proxy.url, { name: 'test', log }), 250);
      let asked = 0;
      const ask = () =>
        redis.ask((connection) => {
          asked += 1;
          return connection.incr('calls');
        });
      await until(async () => (await ask()) !== undefined);
      const end = await faults[fault]?.(target);
      asked = 0;
      const answers = await answersDuring(fault === 'reset' ? 500 : faultMs, ask);
      const [inVain, answered] = [asked, answers.filter((answer) => answer !== undefined).length];
      await end?.();
      // One call waits 250 ms, all others do not wait; pings in the background find out when Redis is back.
      expect(inVain - answered).toBeLessThanOrEqual(answers.length / 10);
      // On a busy machine, calls are still given up now and then.
      await until(async () => isConsecutive([await ask(), ...(await Promise.all([ask(), ask(), ask()]))]));
      await redis.close();
    },
  );

  test.concurrent.each(Object.keys(faults))(
    '%s delivers notifications again soon afterwards, after one that makes subscribers catch up',
    async (fault) => {
      const target = await openTarget();
      const near = createRedisBus({ url: target.server.url, prefix: '', log });
      const far = createRedisBus({ url: target.proxy.url, prefix: '', log });
      const received = collect(far, 'topic');
      await until(async () => {
        near.publish('topic', { id: 'before' });
        return received.includes('before');
      });
      const end = await faults[fault]?.(target);
      await wait(fault === 'reset' ? 0 : faultMs);
      received.length = 0;
      await end?.();
      const isReceived = async () => {
        near.publish('topic', { id: 'after' });
        return received.includes('after') && received.includes('catch up');
      };
      await until(isReceived);
      expect(received).toContain('catch up');
      await Promise.all([near.close(), far.close()]);
    },
  );

  async function openTarget(): Promise<Target> {
    const server = await openRedisServer();
    const target = { server, proxy: await openTcpProxy(server.url) };
    opened.push(target);
    return target;
  }
});

/** Makes calls one after the other, at least 20. */
async function answersDuring(milliseconds: number, call: () => Promise<unknown>): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const until = performance.now() + milliseconds; performance.now() < until || answers.length < 20; await wait(20))
    answers.push(await call());
  return answers;
}

function isConsecutive(values: readonly unknown[]): boolean {
  return values.every((value, index) => value === Number(values[0]) + index);
}

/** The ids that arrive; `catch up` for empty notifications. */
function collect(bus: Bus, topic: string): string[] {
  const ids: string[] = [];
  const received = bus.subscribe(topic, new AbortController().signal, { catchUp: true });
  void (async () => {
    for await (const { id = 'catch up' } of received) ids.push(String(id));
  })();
  return ids;
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await wait(20);
}
