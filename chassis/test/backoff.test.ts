import { describe, expect, test } from '@jest/globals';
import { backoffDelay, waitForBackoff } from '@marquee/chassis/timing/backoff';

describe('backoffDelay', () => {
  test('doubles up to the maximum', () => {
    const options = { baseMs: 50, maxMs: 300, jitter: 'none' } as const;
    expect([1, 2, 3, 4, 5, 2_000].map((attempt) => backoffDelay(attempt, options))).toEqual([
      50, 100, 200, 300, 300, 300,
    ]);
  });

  test('grows by another factor on request', () => {
    expect(backoffDelay(3, { baseMs: 1_000, factor: 5, jitter: 'none' })).toBe(25_000);
  });

  test.each([
    ['equal', 100, 200],
    ['full', 0, 200],
  ] as const)('with %s jitter it lies between %d and %d', (jitter, least, most) => {
    const delays = Array.from({ length: 200 }, () => backoffDelay(2, { baseMs: 100, jitter }));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...delays)).toBeLessThanOrEqual(most);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan((most - least) / 2);
  });
});

describe('waitForBackoff', () => {
  test('returns true after the delay', async () => {
    const started = performance.now();
    expect(await waitForBackoff(1, { baseMs: 30, jitter: 'none' })).toBe(true);
    expect(performance.now() - started).toBeGreaterThan(25);
  });

  test('returns false as soon as the signal aborts', async () => {
    const controller = new AbortController();
    const waiting = waitForBackoff(1, { baseMs: 60_000 }, controller.signal);
    controller.abort();
    expect(await waiting).toBe(false);
    expect(await waitForBackoff(1, { baseMs: 60_000 }, controller.signal)).toBe(false);
  });
});
