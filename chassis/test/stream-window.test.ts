import { describe, expect, test } from '@jest/globals';
import { grantPayload, StreamWindows, throttleByWindow, windowExtension } from '@marquee/chassis/graphql/stream-window';

describe('a stream with a window', () => {
  test('pulls as many items as it has room for, and one more with each grant', async () => {
    const { windows, source, stream } = open(2);
    await take(stream, 2);
    const third = stream.next();
    expect(source.pulled).toBe(2);
    windows.grant({ [grantPayload]: { id: 'a', events: 1 } });
    expect(await third).toEqual({ done: false, value: 3 });
    expect(source.pulled).toBe(3);
  });

  test('ends while it has no room', async () => {
    const { source, stream } = open(1);
    await take(stream, 1);
    const second = stream.next();
    await stream.return?.();
    expect(await second).toEqual({ done: true, value: undefined });
    expect(source).toEqual({ pulled: 1, hasEnded: true });
  });

  test('passes the end and the failure of its source on', async () => {
    const { stream } = open(10);
    await expect(take(stream, 6)).rejects.toThrow('There is no 6.');
  });
});

test.each([undefined, null, {}, { [windowExtension]: 5 }, { [windowExtension]: { id: 'a', size: 0 } }])(
  'extensions without a valid request open no window: %j',
  (extensions) => {
    expect(new StreamWindows().open(extensions)).toBeUndefined();
  },
);

test('a payload is a grant only if it is valid, also of a stream that has ended', () => {
  const windows = new StreamWindows();
  expect(windows.grant({ [grantPayload]: { id: 'ended', events: 5 } })).toBe(true);
  expect(windows.grant({ [grantPayload]: { id: 'a', events: -5 } })).toBe(false);
  expect(windows.grant({ sentAt: 1 })).toBe(false);
});

function open(size: number) {
  const source = { pulled: 0, hasEnded: false };
  const windows = new StreamWindows();
  const window = windows.open({ [windowExtension]: { id: 'a', size } });
  if (!window) throw new Error('There is no window.');
  return { windows, source, stream: throttleByWindow(count(source), window) };
}

/** Counts to 5, and then fails. */
async function* count(source: { pulled: number; hasEnded: boolean }): AsyncGenerator<number> {
  try {
    for (let value = 1; value <= 5; value += 1) {
      source.pulled += 1;
      yield value;
    }
    throw new Error('There is no 6.');
  } finally {
    source.hasEnded = true;
  }
}

async function take(stream: AsyncIterator<number>, items: number): Promise<void> {
  for (let item = 0; item < items; item += 1) await stream.next();
}
