import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Change } from '../src/bus/change-log.js';
import { type LiveItems, WaitingStreams } from '../src/bus/waiting-streams.js';

const reportInterval = 3;

/** Every filter is a subject. Records the filters that each change was loaded for. */
function openStreams(load?: LiveItems<string>['load']) {
  const loaded: (readonly string[])[] = [];
  const equal: LiveItems<string>['load'] = async ({ subject }, keys) => {
    loaded.push(keys);
    return new Map(keys.filter((key) => key === subject).map((key) => [key, `item of ${key}`]));
  };
  return { streams: new WaitingStreams<string>({ load: load ?? equal }, reportInterval), loaded };
}

const { signal } = new AbortController();

function change(sequence: number, subject: string): Change {
  return { sequence, subject };
}

test('a change is loaded once for each filter, and wakes only the streams that match', async () => {
  const { streams, loaded } = openStreams();
  const matching = [1, 2].map(() => streams.wait('a', 0, signal));
  let isOtherWoken = false;
  void streams.wait('b', 0, signal).then(() => (isOtherWoken = true));
  streams.announce([change(1, 'a')]);
  const found = { item: 'item of a', change: change(1, 'a') };
  expect(await Promise.all(matching)).toEqual([found, found]);
  await wait(20);
  expect([loaded, isOtherWoken]).toEqual([[['a', 'b']], false]);
});

test('a stream receives no change that it has delivered already', async () => {
  const { streams } = openStreams();
  const waiting = streams.wait('a', 1, signal);
  streams.announce([change(1, 'a'), change(2, 'a')]);
  expect((await waiting)?.change.sequence).toBe(2);
});

test('a later change does not overtake an earlier one of a stream that is still to be woken', async () => {
  const { streams } = openStreams(async ({ sequence }, keys) => {
    const found = keys.filter((key) => sequence === 1 || key === 'last');
    return new Map(found.map((key) => [key, key]));
  });
  for (let count = 0; count < 200; count += 1) void streams.wait('first', 0, signal);
  const waiting = streams.wait('last', 0, signal);
  streams.announce([change(1, 'a'), change(2, 'a')]);
  expect((await waiting)?.change.sequence).toBe(1);
});

test('a stream without an event is woken to report its position after some changes', async () => {
  const { streams } = openStreams();
  const waiting = streams.wait('a', 0, signal);
  streams.announce([change(1, 'b'), change(2, 'b'), change(3, 'b')]);
  expect(await waiting).toBeUndefined();
});

test('all streams read a change themselves that cannot be loaded, and later ones are delivered', async () => {
  let isFailing = true;
  const { streams } = openStreams(async (_, keys) => {
    if (isFailing) throw new Error('The store is down.');
    return new Map(keys.map((key) => [key, key]));
  });
  const waiting = ['a', 'b'].map((key) => streams.wait(key, 0, signal));
  streams.announce([change(1, 'a')]);
  expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  isFailing = false;
  const next = streams.wait('a', 1, signal);
  streams.announce([change(2, 'a')]);
  expect(await next).toEqual({ item: 'a', change: change(2, 'a') });
});

test('a stream whose signal aborts is not loaded for any more', async () => {
  const { streams, loaded } = openStreams();
  const leaving = new AbortController();
  const waiting = streams.wait('a', 0, leaving.signal);
  leaving.abort();
  expect(await waiting).toBeUndefined();
  expect(await streams.wait('a', 0, leaving.signal)).toBeUndefined();
  const other = streams.wait('b', 0, signal);
  streams.announce([change(1, 'b')]);
  await other;
  expect(loaded).toEqual([['b']]);
});
