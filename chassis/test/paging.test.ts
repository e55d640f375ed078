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
  const page = toConnection(rows, 2, ({ n }) => [n, `row-${n}`]);
  expect(page.edges.map(({ node }) => node.n)).toEqual([1, 2]);
  expect(page.pageInfo).toEqual({ hasNextPage: true, endCursor: page.edges[1]?.cursor });
  expect(decodeCursor(page.pageInfo.endCursor ?? '', shape)).toEqual([2, 'row-2']);
});

test('an empty list has no cursor and no next page', () => {
  expect(toConnection<{ n: number }>([], 5, ({ n }) => [n])).toEqual({
    edges: [],
    pageInfo: { hasNextPage: false, endCursor: null },
  });
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
