import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { pageSize, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor, encodeCursor } from '@marquee/chassis/paging/keyset-cursor';

const shape = z.tuple([z.int(), z.string()]);
const start = { after: null, before: null, isBackward: false };

test('the size of a page is 20 by default and 100 at most', () => {
  expect([pageSize(undefined), pageSize(null), pageSize(1), pageSize(100)]).toEqual([20, 20, 1, 100]);
  for (const wrong of [0, -1, 101])
    expect(() => pageSize(wrong)).toThrow(`first: must be between 1 and 100, it was ${wrong}`);
});

test('one row more than the size of the page indicates a next page', () => {
  const rows = [{ n: 1 }, { n: 2 }, { n: 3 }];
  const page = toConnection(rows, { ...start, limit: 3 }, ({ n }) => [n, `row-${n}`]);
  expect(page.edges.map(({ node }) => node.n)).toEqual([1, 2]);
  const [startCursor, endCursor] = page.edges.map(({ cursor }) => cursor);
  expect(page.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor, endCursor });
  expect(decodeCursor(page.pageInfo.endCursor ?? '', shape)).toEqual([2, 'row-2']);
});

test('an empty list has no cursor and no other page', () => {
  expect(toConnection<{ n: number }>([], { ...start, limit: 6 }, ({ n }) => [n])).toEqual({
    edges: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test('a page after a cursor has a previous page', () => {
  const { pageInfo } = toConnection([{ n: 3 }], { ...start, limit: 3, after: [2] }, ({ n }) => [n]);
  expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
});

test('a page from the end is in the order of the list', () => {
  const page = parsePage({ last: 2 }, shape);
  const { edges, pageInfo } = toConnection([{ n: 9 }, { n: 8 }, { n: 7 }], page, ({ n }) => [n]);
  expect(edges.map(({ node }) => node.n)).toEqual([8, 9]);
  expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
});

test('a page before a cursor has a next page', () => {
  const before = encodeCursor([7, 'row-7']);
  const page = parsePage({ last: 2, before }, shape);
  expect(page).toEqual({ limit: 3, after: null, before: [7, 'row-7'], isBackward: true });
  expect(toConnection([{ n: 6 }], page, ({ n }) => [n]).pageInfo).toMatchObject({
    hasNextPage: true,
    hasPreviousPage: false,
  });
});

test('first and last exclude each other', () => {
  expect(() => parsePage({ first: 1, last: 1 }, shape)).toThrow('last: cannot be combined with first');
});

test.each([
  '',
  'nonsense',
  '%%%',
  encodeCursor(['two', 2]),
  encodeCursor([1]),
  Buffer.from('{"a":1}').toString('base64url'),
])('rejects the cursor "%s" of another list as BAD_USER_INPUT', (cursor) => {
  expect(() => decodeCursor(cursor, shape)).toThrow(
    expect.objectContaining({
      extensions: { code: 'BAD_USER_INPUT', fields: [expect.objectContaining({ path: 'after' })] },
    }),
  );
});
