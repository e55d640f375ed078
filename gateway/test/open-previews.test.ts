import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';
import { OpenPreviews } from '../src/preview/open-previews.js';

interface Preview extends Closable {
  name: string;
}

let closed: string[];
let failures: unknown[];
let previews: OpenPreviews<Preview>;

beforeEach(() => {
  [closed, failures] = [[], []];
  previews = new OpenPreviews<Preview>({ maxPreviews: 2, open, onCloseFailure: (failure) => failures.push(failure) });
});

test('a request for a preview that does not exist closes no other', async () => {
  for (const name of ['one', 'two']) expect(await previews.find(name)).toMatchObject({ name });
  for (const name of ['missing-1', 'missing-2', 'missing-3']) expect(await previews.find(name)).toBeUndefined();
  expect([closed, previews.has('one'), previews.has('missing-1')]).toEqual([[], true, false]);
});

test('a further preview closes the one that was not used for longest', async () => {
  for (const name of ['one', 'two', 'one', 'three']) await previews.find(name);
  expect([previews.has('one'), previews.has('two')]).toEqual([true, false]);
  await previews.closeAll();
  expect(closed.toSorted()).toEqual(['one', 'three', 'two']);
});

test('a preview that cannot be closed is reported, and the further one is open', async () => {
  for (const name of ['stuck', 'two', 'three']) await previews.find(name);
  await turn();
  expect(failures).toEqual([new Error('stuck cannot be closed')]);
  expect(previews.has('three')).toBe(true);
});

async function open(name: string): Promise<Preview> {
  if (name.startsWith('missing')) throw new SettingsError([`${name} does not exist`]);
  const close = async () => {
    if (name === 'stuck') throw new Error('stuck cannot be closed');
    closed.push(name);
  };
  return { name, close };
}
