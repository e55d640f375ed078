import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Change } from '../src/bus/change-log.js';
import { type FoundItems, type LiveItems, WaitingStreams } from '../src/bus/waiting-streams.js';

const reportInterval = 3;

type Load = LiveItems<string>['load'];
type Found = FoundItems<string> | undefined;

/** Every filter is a subject. Records the changes and the filters of each load. */
function openStreams(load?: Load) {
  const loaded: { changes: number[]; keys: readonly string[] }[] = [];
  const stored: Change[] = [];
  const log = {
    stream: 'test',
    last: () => stored.length,
    changesAfter: async (sequence: number, limit: number) => stored.slice(sequence, sequence + limit),
  };
  const recorded: Load = (changes, keys) => {
    loaded.push({ changes: changes.map(({ sequence }) => sequence), keys });
    return (load ?? loadEqual)(changes, keys);
  };
  const streams = new WaitingStreams<string>(log, { load: recorded }, reportInterval);
  return {
    loaded,
    stored,
    /** Resolves with the events that wake the stream; to false if it has to read changes itself before. */
    wait(key: string, position: number): Promise<Found | false> {
      return new Promise((wake) => {
        if (!streams.add({ key, position, wake })) wake(false);
      });
    },
    append(...subjects: string[]): void {
      for (const subject of subjects) stored.push({ sequence: stored.length + 1, subject });
      streams.announce();
    },
    streams,
  };
}

async function loadEqual(changes: readonly Change[], keys: readonly string[]): ReturnType<Load> {
  return new Map(keys.map((key) => [key, changes.filter(({ subject }) => subject === key).map(itemOf)]));
}

function itemOf(change: Change) {
  return { item: `item of ${change.subject}`, change };
}

function found(position: number, ...changes: [sequence: number, subject: string][]): Found {
  return { position, items: changes.map(([sequence, subject]) => itemOf({ sequence, subject })) };
}

test('a change is loaded once for each filter, and wakes only the streams that match', async () => {
  const log = openStreams();
  const matching = [1, 2].map(() => log.wait('a', 0));
  let isOtherWoken = false;
  void log.wait('b', 0).then(() => (isOtherWoken = true));
  log.append('a');
  expect(await Promise.all(matching)).toEqual([found(1, [1, 'a']), found(1, [1, 'a'])]);
  await wait(20);
  expect([log.loaded, isOtherWoken]).toEqual([[{ changes: [1], keys: ['a', 'b'] }], false]);
});

test('changes that come while others are loaded are loaded together, and wake a stream once', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const log = openStreams(async (...args) => {
    await released;
    return loadEqual(...args);
  });
  const waiting = log.wait('b', 0);
  log.append('a');
  while (log.loaded.length < 1) await wait(1);
  log.append(...Array.from({ length: 60 }, (_, index) => (index % 30 === 0 ? 'b' : 'c')));
  release();
  expect(await waiting).toEqual(found(51, [2, 'b'], [32, 'b']));
  expect(log.loaded.map(({ changes }) => changes.length)).toEqual([1, 50]);
});

test('a stream receives no change that it has delivered already', async () => {
  const log = openStreams();
  log.stored.push({ sequence: 1, subject: 'a' });
  const waiting = log.wait('a', 1);
  log.append('a');
  expect(await waiting).toEqual(found(2, [2, 'a']));
});

test('a stream that has missed delivered changes reads them itself', async () => {
  const log = openStreams();
  const waiting = log.wait('a', 0);
  log.append('a', 'a');
  await waiting;
  expect(await log.wait('a', 1)).toBe(false);
});

test('a stream without an event is woken to report its position after some changes', async () => {
  const log = openStreams();
  const waiting = log.wait('a', 0);
  log.append('b', 'b', 'b');
  expect(await waiting).toEqual(found(3));
});

test('all streams read changes themselves that cannot be loaded, and later ones are delivered', async () => {
  let isFailing = true;
  const log = openStreams(async (...args) => {
    if (isFailing) throw new Error('The store is down.');
    return loadEqual(...args);
  });
  const waiting = ['a', 'b'].map((key) => log.wait(key, 0));
  log.append('a');
  expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  isFailing = false;
  const next = log.wait('a', 1);
  log.append('a');
  expect(await next).toEqual(found(2, [2, 'a']));
});

test('all streams read changes themselves of which some are no longer stored', async () => {
  const log = openStreams();
  const waiting = log.wait('a', 0);
  log.stored.push({ sequence: 5, subject: 'a' });
  log.streams.announce();
  expect(await waiting).toBeUndefined();
});

test('nothing is loaded for a stream that is closed', async () => {
  const log = openStreams();
  const closed = { key: 'a', position: 0, wake: () => undefined };
  expect(log.streams.add(closed)).toBe(true);
  log.streams.delete(closed);
  const other = log.wait('b', 0);
  log.append('b');
  await other;
  expect(log.loaded).toEqual([{ changes: [1], keys: ['b'] }]);
});
