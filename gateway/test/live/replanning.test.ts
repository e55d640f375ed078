import { copyFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { supergraphFile } from '../fixtures/sample-graph.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const posts = 'subscription { posted { text author { name } } }';

let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
let file: string;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  file = await compose();
  gateway = await openGateway([people, rooms], {
    SUPERGRAPH: file,
    SUPERGRAPH_POLL_SECONDS: '0.05',
  });
});
afterEach(async () => {
  await clients.closeAll();
  await gateway.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('a reloaded supergraph', () => {
  test('is served without a restart, and leaves unaffected streams open', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    await reload((sdl) => sdl);
    rooms.post('one');
    expect(await client.next()).toEqual(post('one'));
    expect(rooms.allStreams).toHaveLength(1);
  });

  test('resubscribes from the cursor where the source of a stream changed', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('one');
    expect(await client.next()).toEqual(post('one'));
    const moved = await openRooms();
    moved.post('one');
    await copyFile(await compose((sdl) => sdl, moved.url), file);
    while (moved.allStreams.length === 0) await wait(10);
    moved.post('two');
    expect(await client.next()).toEqual(post('two'));
    expect(moved.allStreams[0]?.after).toBe(1);
    await moved.close();
  });

  test('ends subscriptions to removed fields with SUBSCRIPTION_SCHEMA_CHANGED and the cursor', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('one');
    await client.next();
    await reload((sdl) => sdl.replaceAll(/^ *author: User!$/gm, ''));
    await expect(client.next()).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'SUBSCRIPTION_SCHEMA_CHANGED', cursor: 1 } }),
    ]);
    while (rooms.openStreams.length > 0) await wait(10);
    expect(rooms.openStreams).toEqual([]);
  });

  test('is rejected if it is invalid: the previous one stays until a valid one arrives', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    await writeFile(file, 'type Query { broken');
    await wait(300);
    expect((await gateway.query('{ size }')).data).toEqual({ size: 0 });
    rooms.post('one');
    expect(await client.next()).toEqual(post('one'));
    await reload((sdl) => sdl);
    expect(await servedFields()).toContain('loaded');
  });
});

/** Replaces the supergraph by one with the additional field `loaded`, and waits until it is served. */
async function reload(change: (sdl: string) => string): Promise<void> {
  await copyFile(await compose((sdl) => withLoaded(change(sdl))), file);
  while (!(await servedFields()).includes('loaded')) await wait(20);
}

async function servedFields(): Promise<string> {
  return JSON.stringify((await gateway.query('{ __schema { queryType { fields { name } } } }')).data);
}

function compose(change: (sdl: string) => string = (sdl) => sdl, url = rooms.url): Promise<string> {
  return supergraphFile([people, { name: 'rooms', url, sdl: change(rooms.sdl) }]);
}

function withLoaded(sdl: string): string {
  return sdl.replace('size: Int', 'size: Int loaded: Int');
}

function post(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function untilOpened(count: number): Promise<void> {
  while (rooms.allStreams.length < count) await wait(10);
}
