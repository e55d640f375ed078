import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { type Bus, createProcessBus } from '@marquee/chassis/bus/bus';
import { createTailPoll, type TailPoll } from '@marquee/chassis/bus/tail-poll';
import { openLog } from '@marquee/chassis/telemetry/log';

const intervalMs = 50;
const never = 3_600_000;
const log = openLog('test', 'test', 'silent');

let end = new AbortController();
afterEach(() => {
  end.abort();
  end = new AbortController();
});

test('polls many streams with few requests, each in turn', async () => {
  const { reads, follow } = opened({ safetyMs: 200 });
  for (const key of keys(250)) follow(key);
  while (reads.flat().length < 1_000) await wait(10);
  expect(new Set(reads.flat().slice(0, 300))).toEqual(new Set(keys(250)));
  expect(Math.max(...reads.map((read) => read.length))).toBeLessThanOrEqual(100);
  expect(reads.length).toBeLessThanOrEqual(reads.flat().length / 50);
});

test('polls at the short interval while the bus is interrupted, and each stream once more after that', async () => {
  const { reads, follow, interrupt } = opened({ safetyMs: never });
  for (const key of keys(30)) follow(key);
  await wait(4 * intervalMs);
  expect(reads).toEqual([]);
  interrupt(true);
  while (reads.flat().length < 90) await wait(5);
  interrupt(false);
  const before = reads.flat().length;
  while (reads.flat().length < before + 30) await wait(5);
  await wait(4 * intervalMs);
  const after = reads.flat().length;
  await wait(4 * intervalMs);
  expect(reads.flat()).toHaveLength(after);
});

test('lets the streams catch up whose version has changed, and no others', async () => {
  const { stored, caughtUp, reads, follow } = opened({ safetyMs: intervalMs });
  for (const key of keys(5)) follow(key);
  stored.set('stream 3', 7);
  stored.set('unknown', 1);
  while (caughtUp.length < 1) await wait(5);
  const before = reads.length;
  while (reads.length < before + 3) await wait(5);
  expect(caughtUp).toEqual(['stream 3 at 7']);
});

test('polls a stream at once after an empty notification, with those that come at the same time', async () => {
  const { bus, stored, caughtUp, reads, follow } = opened({ safetyMs: never });
  for (const key of keys(20)) {
    follow(key);
    stored.set(key, 1);
  }
  for (const key of keys(20)) bus.publish(`topic of ${key}`, {});
  while (caughtUp.length < 20) await wait(5);
  expect(reads).toHaveLength(1);
});

test('polls all streams again at the short interval after a failed poll', async () => {
  const { bus, stored, caughtUp, follow, fail } = opened({ safetyMs: never });
  for (const key of keys(5)) {
    follow(key);
    stored.set(key, 1);
  }
  fail(true);
  bus.publish('topic of stream 1', {});
  await wait(3 * intervalMs);
  expect(caughtUp).toEqual([]);
  fail(false);
  while (caughtUp.length < 5) await wait(5);
  expect(new Set(caughtUp)).toEqual(new Set(keys(5).map((key) => `${key} at 1`)));
});

test('polls a stream again that could not be read after a notification', async () => {
  const { bus, poll, stored } = opened({ safetyMs: never });
  let version = 0;
  const tail = {
    topic: 'one',
    version: () => version,
    catchUp: async () => (version = 1),
    onNotification: () => Promise.reject(new Error('The store is down.')),
  };
  poll.follow('one', tail, end.signal);
  stored.set('one', 1);
  bus.publish('one', { id: 'a' });
  while (version !== 1) await wait(5);
  expect(version).toBe(1);
});

test('follows a stream until its signal aborts', async () => {
  const { bus, reads, follow, notified } = opened({ safetyMs: intervalMs });
  const leave = new AbortController();
  follow('one', leave.signal);
  bus.publish('topic of one', { id: 'a' });
  while (reads.length < 2 || notified.length < 1) await wait(5);
  leave.abort();
  const before = reads.length;
  bus.publish('topic of one', { id: 'b' });
  await wait(4 * intervalMs);
  expect([reads.length, notified]).toEqual([before, ['a']]);
});

interface Opened {
  bus: Bus;
  poll: TailPoll;
  /** The keys of each read. */
  reads: (readonly string[])[];
  stored: Map<string, number>;
  caughtUp: string[];
  notified: unknown[];
  follow(key: string, signal?: AbortSignal): void;
  interrupt(isInterrupted: boolean): void;
  fail(isFailing: boolean): void;
}

function opened({ safetyMs }: { safetyMs: number }): Opened {
  const state = { isInterrupted: false, isFailing: false, interruptedUntil: 0 };
  const lostUntil = () => (state.isInterrupted ? performance.now() : state.interruptedUntil);
  const bus: Bus = { ...createProcessBus(), lostUntil };
  const stored = new Map<string, number>();
  const [reads, caughtUp, notified]: [string[][], string[], unknown[]] = [[], [], []];
  const poll = createTailPoll({ bus, log, intervalMs, safetyMs, readVersions });
  return {
    ...{ bus, poll, reads, stored, caughtUp, notified },
    // Like the streams of a service, each has a signal of its own.
    follow(key, signal = AbortSignal.any([end.signal])) {
      let version: unknown;
      const tail = {
        topic: `topic of ${key}`,
        version: () => version as number | undefined,
        catchUp: async (latest: unknown) => {
          version = latest;
          caughtUp.push(`${key} at ${String(latest)}`);
        },
        onNotification: async ({ id }: Readonly<Record<string, unknown>>) => notified.push(id),
      };
      poll.follow(key, tail, signal);
    },
    interrupt: (isInterrupted) => Object.assign(state, { isInterrupted, interruptedUntil: performance.now() }),
    fail: (isFailing) => Object.assign(state, { isFailing }),
  };

  async function readVersions(read: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (state.isFailing) throw new Error('The store is down.');
    reads.push([...read]);
    return stored;
  }
}

function keys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `stream ${index}`);
}
