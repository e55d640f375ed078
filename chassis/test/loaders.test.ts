import { expect, test } from '@jest/globals';
import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';

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
