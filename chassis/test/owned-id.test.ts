import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';

const ids = createOwnedIds(randomBytes(32));

test('creates a UUIDv7 with the given time', () => {
  expect(ids.make('ada', 'AVATAR', Date.UTC(2026, 0, 1))).toMatch(
    /^019b76da-a800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test('belongs to its owner and purpose only', () => {
  const id = ids.make('ada', 'AVATAR');
  expect(ids.belongsTo(id, 'ada', 'AVATAR')).toBe(true);
  expect(ids.belongsTo(id, 'bob', 'AVATAR')).toBe(false);
  expect(ids.belongsTo(id, 'ada', 'COVER')).toBe(false);
  expect(createOwnedIds(randomBytes(32)).belongsTo(id, 'ada', 'AVATAR')).toBe(false);
});

test('is invalid after a change of any digit', () => {
  const id = ids.make('ada', 'AVATAR');
  const changed = [...id].flatMap((digit, place) =>
    digit === '-' ? [] : [id.slice(0, place) + (digit === '0' ? '1' : '0') + id.slice(place + 1)],
  );
  expect(changed.filter((other) => ids.belongsTo(other, 'ada', 'AVATAR'))).toEqual([]);
  expect(['', 'x', id.toUpperCase(), `${id}0`].filter((other) => ids.belongsTo(other, 'ada', 'AVATAR'))).toEqual([]);
});

test('rejects a short key', () => {
  expect(() => createOwnedIds(randomBytes(16))).toThrow('must have at least 32 bytes; it has 16');
});
