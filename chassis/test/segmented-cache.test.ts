import { describe, expect, test } from '@jest/globals';
import { SegmentedCache } from '../src/caching/segmented-cache.js';

describe('SegmentedCache', () => {
  test('keeps an entry that was used again, however many are used once', () => {
    const cache = createCache();
    cache.set('used', { of: 'used' });
    cache.get('used');
    for (let index = 0; index < 100; index++) cache.set(`once ${index}`, { of: 'once' });
    expect(cache.get('used')).toEqual({ of: 'used' });
  });

  test('evicts the entries that were used once', () => {
    const cache = createCache();
    cache.set('first', { of: 'first' });
    for (let index = 0; index < 3; index++) cache.set(`once ${index}`, { of: 'once' });
    expect(cache.get('first')).toBeUndefined();
  });

  test('gives an entry another trial when more recently used ones replace it', () => {
    const cache = createCache();
    for (const key of ['a', 'b', 'c']) {
      cache.set(key, { of: key });
      cache.get(key);
    }
    expect(cache.get('a')).toEqual({ of: 'a' });
    cache.set('once 1', { of: 'once' });
    cache.set('once 2', { of: 'once' });
    cache.set('once 3', { of: 'once' });
    expect(cache.get('b')).toBeUndefined();
  });

  test('bounds the size of each segment', () => {
    const cache = new SegmentedCache<string, { size: number }>(
      { onTrial: 9, kept: 9, maxSize: 10 },
      ({ size }) => size,
    );
    cache.set('large', { size: 8 });
    cache.set('larger', { size: 9 });
    expect(cache.get('large')).toBeUndefined();
    expect(cache.get('larger')).toEqual({ size: 9 });
    cache.set('too large', { size: 11 });
    expect(cache.get('too large')).toBeUndefined();
  });

  test('lists the entries that are kept first', () => {
    const cache = createCache();
    cache.set('a', { of: 'a' });
    cache.set('b', { of: 'b' });
    cache.get('b');
    expect([...cache.values()]).toEqual([{ of: 'b' }, { of: 'a' }]);
  });
});

function createCache(): SegmentedCache<string, { of: string }> {
  return new SegmentedCache({ onTrial: 3, kept: 2, maxSize: 100 }, () => 1);
}
