import { expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';

test('every subscriber of a topic hears what is told after it came, in order, and nothing of other topics', async () => {
  const bus = createProcessBus();
  const stop = new AbortController();
  const both = [bus.subscribe('jobs', stop.signal), bus.subscribe('jobs', stop.signal)];
  bus.publish('shows', { id: 's1' });
  for (const id of ['j1', 'j2']) bus.publish('jobs', { id });
  for (const heard of both) expect(await take(heard, 2)).toEqual([{ id: 'j1' }, { id: 'j2' }]);
  await bus.close();
});

test('a subscription ends quietly when its signal aborts and when the bus closes', async () => {
  const bus = createProcessBus();
  const stop = new AbortController();
  const aborted = take(bus.subscribe('jobs', stop.signal), 1);
  const closed = take(bus.subscribe('error', new AbortController().signal), 1);
  stop.abort();
  expect(await aborted).toEqual([]);
  await bus.close();
  expect(await closed).toEqual([]);
});

async function take(heard: AsyncIterable<unknown>, count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of heard) if (messages.push(message) === count) break;
  return messages;
}

test('a stream whose reader leaves while it is quiet ends at once', async () => {
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
