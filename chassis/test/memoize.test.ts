import { describe, expect, test } from '@jest/globals';
import { LRUCache } from 'lru-cache';
import { getOrCreate, memoizeWeak } from '@marquee/chassis/caching/memoize';

describe('getOrCreate', () => {
  test.each([
    ['Map', new Map<object, string | null>()],
    ['WeakMap', new WeakMap<object, string | null>()],
    ['LRUCache', new LRUCache<object, string>({ max: 2 })],
  ])('creates the value of a key once in a %s', (_, map) => {
    const key = {};
    const created: object[] = [];
    const create = (of: object) => {
      created.push(of);
      return 'value';
    };
    expect([getOrCreate(map, key, create), getOrCreate(map, key, create)]).toEqual(['value', 'value']);
    expect(created).toEqual([key]);
  });

  test('keeps null and zero as values', () => {
    const map = new Map<string, number | null>();
    const create = () => {
      throw new Error('called');
    };
    map.set('null', null).set('zero', 0);
    expect([getOrCreate(map, 'null', create), getOrCreate(map, 'zero', create)]).toEqual([null, 0]);
  });

  test('stores nothing when create throws', () => {
    const map = new Map<string, string>();
    expect(() =>
      getOrCreate(map, 'a', () => {
        throw new Error('failed');
      }),
    ).toThrow('failed');
    expect(getOrCreate(map, 'a', () => 'second')).toBe('second');
  });
});

test('memoizeWeak computes once per object', () => {
  let calls = 0;
  const sizeOf = memoizeWeak((list: number[]) => {
    calls += 1;
    return list.length;
  });
  const list = [1, 2];
  expect([sizeOf(list), sizeOf(list), sizeOf([])]).toEqual([2, 2, 0]);
  expect(calls).toBe(2);
});
