import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { liveMetricsOf } from '../../src/live/live-metrics.js';
import { entityFetchCount } from '../fixtures/people-subgraph.js';
import { useLiveGraph } from '../fixtures/live-graph.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { sequence text author { name } } }';

/** Bytes of a post of which the buffers of a socket hold few. */
const largeSize = 100_000;

/** The number of these that the buffers and a queue cannot hold. It is small, since a client may stall for ten seconds. */
const largeCount = 220;

const graph = useLiveGraph({ DEV_IDENTITY: 'true', LIVE_QUEUE_EVENTS: '64' });

describe('a client that is far behind', () => {
  test('receives everything in one subscription, with far fewer requests than events', async () => {
    for (let sequence = 1; sequence <= 1_000; sequence += 1) graph.rooms.post(`Post ${sequence}`, String(sequence));
    const client = graph.clients.subscribe(posts, { variables: { after: 0 } });
    expect(await client.take(1_000)).toEqual(Array.from({ length: 1_000 }, (_, index) => post(index + 1)));
    graph.rooms.post('Post 1001', '1001');
    expect(await client.next()).toEqual(post(1001));
    expect(graph.rooms.allStreams).toHaveLength(1);
    expect(entityFetchCount(graph.people)).toBeLessThan(150);
  });

  test('receives the errors of each event with it', async () => {
    for (let sequence = 1; sequence <= 100; sequence += 1)
      graph.rooms.post(`Post ${sequence}`, sequence % 10 === 0 ? 'nameless' : String(sequence));
    const client = graph.clients.subscribe(posts, { variables: { after: 0 } });
    const expected = Array.from({ length: 100 }, (_, index) =>
      index % 10 < 9 ? post(index + 1) : nameless(index + 1),
    );
    expect(await client.take(100)).toEqual(expected);
  });

  test('receives what another client of the same caller receives, each at its own pace', async () => {
    for (let sequence = 1; sequence <= 600; sequence += 1) graph.rooms.post(`Post ${sequence}`, String(sequence));
    const early = graph.clients.subscribe(posts, { variables: { after: 0 } });
    await early.take(1);
    const late = graph.clients.subscribe(posts, { variables: { after: 300 } });
    expect(await late.take(300)).toEqual(Array.from({ length: 300 }, (_, index) => post(index + 301)));
    expect(await early.take(599)).toEqual(Array.from({ length: 599 }, (_, index) => post(index + 2)));
  });
});

describe('a client that reads slowly', () => {
  test('does not let the gateway read ahead, and misses nothing', async () => {
    const count = 300;
    for (let sequence = 1; sequence <= count; sequence += 1) graph.rooms.post('x'.repeat(largeSize));
    const socket = await subscribePaused({ after: 0 });
    const [stream] = await untilSettled();
    expect(stream?.pulled).toBeLessThan(count - 50);
    const received = sequencesOf(socket, count);
    socket.resume();
    expect(await received).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(graph.rooms.allStreams).toHaveLength(1);
    socket.terminate();
  });

  test('delays no other client of its stream, and catches up once it reads', async () => {
    const { slowConsumers } = liveMetricsOf('posted');
    const before = slowConsumers.value;
    const fast = graph.clients.subscribe(posts);
    await untilOpened(1);
    const slow = await subscribePaused({});
    await graph.untilSubscribed(2);
    for (let sequence = 1; sequence <= largeCount; sequence += 1) {
      graph.rooms.post('x'.repeat(largeSize));
      await fast.next();
    }
    const received = sequencesOf(slow, largeCount);
    slow.resume();
    expect(await received).toEqual(Array.from({ length: largeCount }, (_, index) => index + 1));
    expect(slowConsumers.value).toBe(before);
    slow.terminate();
  });
});

test('a client that falls behind the events of a field without a cursor is informed of the gap, and continues', async () => {
  const query = 'subscription { alarm { text } }';
  const fast = graph.clients.subscribe(query);
  await untilOpened(1);
  const slow = await subscribePaused({}, query);
  await graph.untilSubscribed(2, 'alarm');
  for (let number = 1; number <= largeCount; number += 1) {
    graph.rooms.ringAlarm(`${number} ${'x'.repeat(largeSize)}`);
    await fast.next();
  }
  const received: { data: { alarm: { text: string } } | null; extensions?: { gap?: boolean } }[] = [];
  slow.on('message', (data: Buffer) => received.push((JSON.parse(data.toString()) as { payload: never }).payload));
  slow.resume();
  while (!received.at(-1)?.data?.alarm.text.startsWith(`${largeCount} `)) await wait(10);
  const numbers = received.map(({ data, extensions }) => (extensions?.gap ? 0 : parseInt(data?.alarm.text ?? '')));
  expect(numbers).toContain(0);
  const afterGap = numbers.slice(numbers.lastIndexOf(0) + 1);
  expect(afterGap).toEqual(afterGap.map((_, index) => largeCount + 1 - afterGap.length + index));
  slow.terminate();
});

/** Subscribes over a socket that reads nothing after the acknowledgement. */
async function subscribePaused(variables: object, query = posts): Promise<WebSocket> {
  const socket = new WebSocket(`${graph.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } }));
  socket.pause();
  return socket;
}

/** Reads the sequences of the next events. */
function sequencesOf(socket: WebSocket, count: number): Promise<(number | undefined)[]> {
  const sequences: (number | undefined)[] = [];
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const { payload } = JSON.parse(data.toString()) as { payload?: { data?: { posted: { sequence: number } } } };
      if (sequences.push(payload?.data?.posted.sequence) === count) resolve(sequences);
    });
  });
}

/** Waits until the streams have stopped. */
async function untilSettled() {
  await untilOpened(1);
  const pulled = () => graph.rooms.allStreams.reduce((sum, stream) => sum + stream.pulled, 0);
  for (let before = -1; before < pulled() || pulled() === 0; await wait(1_000)) before = pulled();
  return graph.rooms.openStreams;
}

function post(sequence: number): object {
  return { data: { posted: { sequence, text: `Post ${sequence}`, author: { name: `User ${sequence}` } } } };
}

function nameless(sequence: number): object {
  return {
    data: { posted: { sequence, text: `Post ${sequence}`, author: { name: null } } },
    errors: [expect.objectContaining({ path: ['posted', 'author', 'name'] })],
  };
}

async function untilOpened(count: number): Promise<void> {
  while (graph.rooms.allStreams.length < count) await wait(10);
}
