import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { toConnection, pageSize } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor, encodeCursor } from '@marquee/chassis/paging/keyset-cursor';

const shape = z.tuple([z.int(), z.string()]);

test('the size of a page is 20 by default and 100 at most', () => {
  expect([pageSize(undefined), pageSize(null), pageSize(1), pageSize(100)]).toEqual([20, 20, 1, 100]);
  for (const wrong of [0, -1, 101])
    expect(() => pageSize(wrong)).toThrow(`first: must be between 1 and 100, it was ${wrong}`);
});

test('one row more than the size of the page indicates a next page', () => {
  const rows = [{ n: 1 }, { n: 2 }, { n: 3 }];
  const page = toConnection(rows, { limit: 3, after: null }, ({ n }) => [n, `row-${n}`]);
  expect(page.edges.map(({ node }) => node.n)).toEqual([1, 2]);
  const [startCursor, endCursor] = page.edges.map(({ cursor }) => cursor);
  expect(page.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor, endCursor });
  expect(decodeCursor(page.pageInfo.endCursor ?? '', shape)).toEqual([2, 'row-2']);
});

test('an empty list has no cursor and no other page', () => {
  expect(toConnection<{ n: number }>([], { limit: 6, after: null }, ({ n }) => [n])).toEqual({
    edges: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test('a page after a cursor has a previous page', () => {
  const { pageInfo } = toConnection([{ n: 3 }], { limit: 3, after: [2] }, ({ n }) => [n]);
  expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
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
