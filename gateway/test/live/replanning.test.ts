import { copyFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { supergraphFile } from '../fixtures/sample-graph.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type Rooms } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const posts = 'subscription { posted { text author { name } } }';

let people: Subgraph;
let rooms: Rooms;
let gateway: Gateway;
let file: string;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  file = await composed();
  gateway = await openGateway([people, rooms as unknown as Subgraph], {
    SUPERGRAPH: file,
    SUPERGRAPH_POLL_SECONDS: '0.05',
  });
});
afterEach(async () => {
  await clients.leave();
  await gateway.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('a supergraph that changes', () => {
  test('is served without a restart, and streams that it does not touch stay as they are', async () => {
    const client = clients.subscribe(posts);
    await opened(1);
    await reload((sdl) => sdl);
    rooms.post('one');
    expect(await client.next()).toEqual(post('one'));
    expect(rooms.opened).toHaveLength(1);
  });

  test('has its streams asked for again where it asks otherwise, from where they are', async () => {
    const client = clients.subscribe(posts);
    await opened(1);
    rooms.post('one');
    expect(await client.next()).toEqual(post('one'));
    const moved = await openRooms();
    moved.post('one');
    await copyFile(await composed((sdl) => sdl, moved.url), file);
    while (moved.opened.length === 0) await wait(10);
    moved.post('two');
    expect(await client.next()).toEqual(post('two'));
    expect(moved.opened[0]?.after).toBe(1);
    await moved.close();
  });

  test('ends what it no longer has with SUBSCRIPTION_SCHEMA_CHANGED and the cursor', async () => {
    const client = clients.subscribe(posts);
    await opened(1);
    rooms.post('one');
    await client.next();
    await reload((sdl) => sdl.replaceAll(/^ *author: User!$/gm, ''));
    await expect(client.next()).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'SUBSCRIPTION_SCHEMA_CHANGED', cursor: 1 } }),
    ]);
    while (rooms.open.length > 0) await wait(10);
    expect(rooms.open).toEqual([]);
  });

  test('is refused when it is none: the one before stays, and a good one later is taken', async () => {
    const client = clients.subscribe(posts);
    await opened(1);
    await writeFile(file, 'type Query { broken');
    await wait(300);
    expect((await gateway.query('{ size }')).data).toEqual({ size: 0 });
    rooms.post('one');
    expect(await client.next()).toEqual(post('one'));
    await reload((sdl) => sdl);
    expect(await served()).toContain('loaded');
  });
});

/** Puts another supergraph, which has the field `loaded`, in the place of the first, and waits until it is served. */
async function reload(change: (sdl: string) => string): Promise<void> {
  await copyFile(await composed((sdl) => withLoaded(change(sdl))), file);
  while (!(await served()).includes('loaded')) await wait(20);
}

async function served(): Promise<string> {
  return JSON.stringify((await gateway.query('{ __schema { queryType { fields { name } } } }')).data);
}

function composed(change: (sdl: string) => string = (sdl) => sdl, url = rooms.url): Promise<string> {
  return supergraphFile([people, { name: 'rooms', url, sdl: change(rooms.sdl) }]);
}

function withLoaded(sdl: string): string {
  return sdl.replace('size: Int', 'size: Int loaded: Int');
}

function post(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function opened(count: number): Promise<void> {
  while (rooms.opened.length < count) await wait(10);
}
