import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type Drainable, OpenPreviews, type PreviewUse } from '../src/preview/open-previews.js';
import { previewsWithin } from '../src/preview/preview-count.js';

interface Preview extends Drainable {
  name: string;
}

let events: string[];
let failures: unknown[];
let previews: OpenPreviews<Preview>;

beforeEach(() => {
  [events, failures] = [[], []];
  const onCloseFailure = (failure: unknown) => failures.push(failure);
  previews = new OpenPreviews<Preview>({ maxPreviews: 2, exists, open, onCloseFailure, drainMs: 60_000 });
});

test('a request for a preview that does not exist closes no other', async () => {
  for (const name of ['one', 'two']) expect(await request(name)).toBe('served');
  for (const name of ['missing-1', 'missing-2', 'missing-3']) expect(await request(name)).toBe('missing');
  expect([events, previews.has('one'), previews.has('missing-1')]).toEqual([[], true, false]);
});

test('a further preview closes the one that was not used for longest', async () => {
  for (const name of ['one', 'two', 'one', 'three']) await request(name);
  expect([previews.has('one'), previews.has('two')]).toEqual([true, false]);
  await turn();
  expect(events).toEqual(['two drained', 'two closed']);
  await previews.closeAll();
  expect(events.toSorted()).toEqual(['one closed', 'three closed', 'two closed', 'two drained']);
});

test('a preview that makes room for another is closed after its last request', async () => {
  let finish = (): void => undefined;
  const slow = previews.use('one', () => new Promise<void>((resolve) => (finish = resolve)));
  for (const name of ['two', 'three']) await request(name);
  await turn();
  expect([events, previews.has('one')]).toEqual([['one drained'], false]);
  // It uses memory until it is closed: opening it again would be one too many.
  expect(await request('one')).toBe('busy');
  finish();
  expect(await slow).toBe('served');
  await turn();
  expect(events).toContain('one closed');
  expect([await request('one'), previews.has('one')]).toEqual(['served', true]);
});

test('previews that are being opened take a place, also those that do not load, and names without one take none', async () => {
  const names = ['missing-1', 'broken', 'one', 'two', 'three', 'missing-2'];
  const uses = ['missing', 'missing', 'served', 'served', 'busy', 'missing'];
  expect(await Promise.all(names.map(request))).toEqual(uses);
  expect(await request('three')).toBe('served');
});

test('names are looked up once at a time, and few together', async () => {
  let lookups = 0;
  let answer = (_: boolean): void => undefined;
  const lookup = new Promise<boolean>((resolve) => (answer = resolve));
  const slow = new OpenPreviews<Preview>({
    maxPreviews: 2,
    exists: () => ((lookups += 1), lookup),
    open,
    onCloseFailure: () => undefined,
    drainMs: 1,
  });
  const use = (name: string) => slow.use(name, async () => undefined);
  const names = Array.from({ length: 30 }, (_, index) => `missing-${index}`);
  const uses = [...names, ...names].map(use);
  answer(false);
  expect((await Promise.all(uses)).filter((one) => one === 'busy')).toHaveLength(20);
  expect(lookups).toBe(20);
  expect(await use('missing-29')).toBe('missing');
});

test('a preview whose requests do not finish is closed after a while', async () => {
  const options = { maxPreviews: 1, exists, open, onCloseFailure: () => undefined, drainMs: 1 };
  const impatient = new OpenPreviews<Preview>(options);
  void impatient.use('one', () => new Promise<void>(() => undefined));
  await impatient.use('two', async () => undefined);
  while (!events.includes('one closed')) await turn();
  expect(impatient.has('two')).toBe(true);
});

test('a preview that cannot be closed is reported, and the further one is open', async () => {
  for (const name of ['stuck', 'two', 'three']) await request(name);
  await turn();
  expect(failures).toEqual([new Error('stuck cannot be closed')]);
  expect(previews.has('three')).toBe(true);
});

test('the event streams of all previews are interrupted when the gateway stops', async () => {
  for (const name of ['one', 'two']) await request(name);
  await previews.drainAll(0);
  expect(events).toEqual(['one drained', 'two drained']);
});

describe('the number of previews', () => {
  test.each([
    ['the smallest container', 384, 1],
    ['a container of 512 MiB', 512, 3],
    ['a container of 1 GiB with the collector', 896, 10],
    ['a machine without a limit', Infinity, 10],
  ])('fits %s', (_, memory, expected) => {
    expect(previewsWithin(memory)).toBe(expected);
  });
});

function request(name: string): Promise<PreviewUse> {
  return previews.use(name, async () => undefined);
}

async function exists(name: string): Promise<boolean> {
  return !name.startsWith('missing');
}

async function open(name: string): Promise<Preview> {
  if (name === 'broken') throw new SettingsError([`${name} does not exist`]);
  const close = async () => {
    if (name === 'stuck') throw new Error('stuck cannot be closed');
    events.push(`${name} closed`);
  };
  return { name, drain: async () => void events.push(`${name} drained`), close };
}
