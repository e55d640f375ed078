import { expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';

test('delivers notifications in order to all current subscribers of their topic', async () => {
  const bus = createProcessBus();
  const stop = new AbortController();
  const both = [bus.subscribe('jobs', stop.signal), bus.subscribe('jobs', stop.signal)];
  bus.publish('shows', { id: 's1' });
  for (const id of ['j1', 'j2']) bus.publish('jobs', { id });
  for (const messages of both) expect(await take(messages, 2)).toEqual([{ id: 'j1' }, { id: 'j2' }]);
  await bus.close();
});

test('ends subscriptions without an error when the signal aborts or the bus closes', async () => {
  const bus = createProcessBus();
  const stop = new AbortController();
  const aborted = take(bus.subscribe('jobs', stop.signal), 1);
  const closed = take(bus.subscribe('error', new AbortController().signal), 1);
  stop.abort();
  expect(await aborted).toEqual([]);
  await bus.close();
  expect(await closed).toEqual([]);
});

async function take(messages: AsyncIterable<unknown>, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const message of messages) if (taken.push(message) === count) break;
  return taken;
}

test('a cancellable stream ends at once when its consumer returns while it waits', async () => {
  const bus = createProcessBus();
  let ended = false;
  const stream = cancellable((signal) => {
    signal.addEventListener('abort', () => (ended = true));
    return bus.subscribe('jobs', signal);
  });
  bus.publish('jobs', { id: 'j1' });
  expect(await stream.next()).toEqual({ done: false, value: { id: 'j1' } });
  const waiting = stream.next();
  await stream.return?.();
  expect([await waiting, ended]).toEqual([{ done: true, value: undefined }, true]);
});
