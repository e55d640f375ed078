import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import {
  createChildrenLoader,
  createCurrentRowLoader,
  createObjectLoader,
  createPacedLoader,
  createRowLoader,
} from '@marquee/chassis/loaders/loaders';

test('fetches the rows of a batch together, each key once, with null for missing rows', async () => {
  const fetched: (readonly string[])[] = [];
  const loader = createRowLoader(
    async (ids) => {
      fetched.push(ids);
      return [{ id: 'b' }, { id: 'a' }];
    },
    (row) => row.id,
  );
  expect(await Promise.all(['a', 'c', 'b', 'a'].map((id) => loader.load(id)))).toEqual([
    { id: 'a' },
    null,
    { id: 'b' },
    { id: 'a' },
  ]);
  expect(fetched).toEqual([['a', 'c', 'b']]);
});

test('fetches the children of many parents once per distinct page', async () => {
  const fetched: unknown[] = [];
  const loader = createChildrenLoader(
    async (parents, page: { first: number }) => {
      fetched.push([parents, page]);
      return parents.flatMap((parent) => Array.from({ length: page.first }, (_, n) => ({ parent, n })));
    },
    (child) => child.parent,
  );
  const pages = await Promise.all([
    loader.load({ parent: 'x', page: { first: 1 } }),
    loader.load({ parent: 'y', page: { first: 1 } }),
    loader.load({ parent: 'x', page: { first: 2 } }),
  ]);
  expect(pages.map((page) => page.length)).toEqual([1, 1, 2]);
  expect(fetched).toEqual([
    [['x', 'y'], { first: 1 }],
    [['x'], { first: 2 }],
  ]);
});

test('a loader of current rows fetches the keys of one macrotask together, and again at the next request', async () => {
  const fetched: (readonly string[])[] = [];
  const loader = createCurrentRowLoader(
    async (ids) => {
      fetched.push(ids);
      return ids.map((id) => ({ id, read: fetched.length }));
    },
    (row) => row.id,
  );
  const later = Promise.resolve().then(() => loader.load('b'));
  expect(await Promise.all([loader.load('a'), later])).toEqual([
    { id: 'a', read: 1 },
    { id: 'b', read: 1 },
  ]);
  expect(await loader.load('a')).toEqual({ id: 'a', read: 2 });
  expect(fetched).toEqual([['a', 'b'], ['a']]);
});

test('a loader by objects loads equal ones once, and rejects only the key with an error', async () => {
  const loader = createObjectLoader(
    async (keys: readonly { id: string }[]) => keys.map(({ id }) => (id === 'b' ? new Error('No b.') : id)),
    ({ id }) => id,
  );
  const loads = ['a', 'b', 'a'].map((id) => loader.load({ id }));
  expect(await Promise.allSettled(loads)).toMatchObject([
    { value: 'a' },
    { reason: { message: 'No b.' } },
    { value: 'a' },
  ]);
});

test('a paced loader loads one batch at a time, and the keys that are requested meanwhile together', async () => {
  const batches: (readonly string[])[] = [];
  const ends: (() => void)[] = [];
  const loader = createPacedLoader(async (keys: readonly string[]) => {
    batches.push(keys);
    await new Promise<void>((resolve) => ends.push(resolve));
    return keys;
  });
  const first = loader.load('a');
  while (batches.length < 1) await nextTurn();
  const others = ['b', 'c'].map((key) => loader.load(key));
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  expect(batches).toEqual([['a']]);
  ends[0]!();
  expect(await first).toBe('a');
  while (batches.length < 2) await nextTurn();
  ends[1]!();
  expect(await Promise.all(others)).toEqual(['b', 'c']);
  expect(batches).toEqual([['a'], ['b', 'c']]);
});

test('a paced loader goes on after a failure', async () => {
  let isFailing = true;
  const loader = createPacedLoader(async (keys: readonly string[]) => {
    if (isFailing) throw new Error('The store is down.');
    return keys;
  });
  await expect(loader.load('a')).rejects.toThrow('The store is down.');
  isFailing = false;
  expect(await loader.load('a')).toBe('a');
});
