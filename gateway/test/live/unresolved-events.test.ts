import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type LiveGraph, useLiveGraph } from '../fixtures/live-graph.js';

const posts = 'subscription { posted { text author { name } } }';

describe('while the store of the service that publishes the events is down', () => {
  const graph = useLiveGraph();

  test('events that it cannot resolve are read again, and arrive complete, in order and once', async () => {
    const client = graph.clients.subscribe(posts);
    await untilOpened(graph, 1);
    graph.rooms.post('before');
    expect(await client.next()).toEqual(post('before'));
    graph.rooms.isStoreDown = true;
    for (const text of ['one', 'two']) graph.rooms.post(text);
    await untilOpened(graph, 3);
    expect(client.pendingCount()).toBe(0);
    graph.rooms.isStoreDown = false;
    expect(await client.take(2)).toEqual([post('one'), post('two')]);
    graph.rooms.post('three');
    expect(await client.next()).toEqual(post('three'));
    expect(graph.rooms.allStreams.slice(1).every(({ after }) => after === 1)).toBe(true);
  });

  test('a client that asked for nulls receives events at once, marked as incomplete', async () => {
    const client = graph.clients.subscribe(posts, { onError: 'NULL' });
    await untilOpened(graph, 1);
    graph.rooms.isStoreDown = true;
    graph.rooms.post('one');
    expect(await client.next()).toMatchObject({
      data: { posted: { text: null, author: { name: 'User 7' } } },
      errors: [{ path: ['posted', 'text'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
      extensions: { incomplete: true },
    });
  });

  test('a stream whose position is unknown reports the gap', async () => {
    const client = graph.clients.subscribe('subscription { posted(room: "without positions") { text } }');
    await untilOpened(graph, 1);
    while (graph.rooms.openStreams.length === 0) await wait(10);
    graph.rooms.isStoreDown = true;
    graph.rooms.post('one');
    expect(await client.next()).toEqual({ data: null, extensions: { gap: true } });
    graph.rooms.isStoreDown = false;
    while (client.pendingCount() === 0) {
      graph.rooms.post('next');
      await wait(50);
    }
    expect(await client.next()).toEqual({ data: { posted: { text: 'next' } } });
  });
});

describe('when the store stays down longer than LIVE_PATIENCE_SECONDS', () => {
  const graph = useLiveGraph({ LIVE_PATIENCE_SECONDS: '1' });

  test('the stream ends with the cursor of the event before', async () => {
    const client = graph.clients.subscribe(posts);
    await untilOpened(graph, 1);
    graph.rooms.post('one');
    await client.next();
    graph.rooms.isStoreDown = true;
    graph.rooms.post('two');
    await expect(client.next()).rejects.toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'rooms', cursor: 1 } },
    ]);
    graph.rooms.isStoreDown = false;
    const back = graph.clients.subscribe('subscription { posted(after: 1) { text author { name } } }');
    expect(await back.next()).toEqual(post('two'));
  });
});

function post(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function untilOpened(graph: LiveGraph, count: number): Promise<void> {
  while (graph.rooms.allStreams.length < count) await wait(10);
}
