import { describe, expect, test } from '@jest/globals';
import { createProcessBus } from '../src/bus/bus.js';
import { cancellable } from '../src/bus/cancellable.js';
import { createSharedSource } from '../src/bus/shared-source.js';

describe('createSharedSource', () => {
  test('opens one stream for all subscribers, and closes it after the last', async () => {
    const { bus, opened, source } = openNumbers();
    const [one, other] = [subscribe(source, null), subscribe(source, null)];
    bus.publish('numbers', { value: 1 });
    expect([(await one.next()).value, (await other.next()).value]).toEqual([1, 1]);
    expect(opened).toHaveLength(1);
    await one.return?.();
    expect(opened[0]?.aborted).toBe(false);
    await other.return?.();
    expect(opened[0]?.aborted).toBe(true);
    const later = subscribe(source, null);
    bus.publish('numbers', { value: 2 });
    expect((await later.next()).value).toBe(2);
    expect(opened).toHaveLength(2);
    await later.return?.();
  });

  test('filters each item once, with each filter once', async () => {
    const { bus, filtered, source } = openNumbers();
    const streams = [2, 3, 3, 5].map((divisor) => subscribe(source, divisor));
    bus.publish('numbers', { value: 6 });
    bus.publish('numbers', { value: 15 });
    bus.publish('numbers', { value: 30 });
    const values: number[][] = [];
    for (const stream of streams)
      values.push([(await stream.next()).value as number, (await stream.next()).value as number]);
    expect(values).toEqual([
      [6, 30],
      [6, 15],
      [6, 15],
      [15, 30],
    ]);
    expect(filtered).toEqual([
      [6, [2, 3, 5]],
      [15, [2, 3, 5]],
      [30, [2, 3, 5]],
    ]);
    for (const stream of streams) await stream.return?.();
  });

  test('fails for all subscribers when the stream fails, and starts again for later ones', async () => {
    const { bus, source } = openNumbers();
    const [one, other] = [subscribe(source, null), subscribe(source, 2)];
    bus.publish('numbers', { value: -1 });
    await expect(one.next()).rejects.toThrow('negative');
    await expect(other.next()).rejects.toThrow('negative');
    const later = subscribe(source, null);
    bus.publish('numbers', { value: 4 });
    expect((await later.next()).value).toBe(4);
    await later.return?.();
  });
});

type Divisor = number | null;

/** Numbers of a bus, filtered by a divisor. */
function openNumbers() {
  const bus = createProcessBus();
  const opened: AbortSignal[] = [];
  const filtered: [number, readonly Divisor[]][] = [];
  const source = createSharedSource<number, Divisor>({
    open(signal) {
      opened.push(signal);
      return numbers(bus.subscribe('numbers', signal));
    },
    async matching(item, filters) {
      filtered.push([item, filters]);
      return [...filters.keys()].filter((index) => item % (filters[index] ?? 1) === 0);
    },
  });
  return { bus, opened, filtered, source };
}

async function* numbers(messages: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncGenerator<number> {
  for await (const { value } of messages) {
    if (Number(value) < 0) throw new Error('negative');
    yield Number(value);
  }
}

function subscribe(source: ReturnType<typeof openNumbers>['source'], divisor: Divisor): AsyncIterableIterator<number> {
  return cancellable((signal) => source.subscribe(divisor, signal));
}
