import { copyFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { liveMetricsOf } from '../../src/live/live-metrics.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { createLiveClients } from '../fixtures/live-clients.js';
import { entityFetchCount, openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import { supergraphFile } from '../fixtures/sample-graph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const unpositioned = 'subscription { posted(room: "without positions") { text author { name } } }';
const posts = 'subscription ($after: Int) { posted(after: $after) { text author { name } } }';
const personal = 'subscription ($after: Int) { posted(after: $after) { text author { name knownTo } } }';

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
  file = await supergraphFile([people, rooms]);
});
afterEach(async () => {
  await clients.closeAll();
  await gateway.close();
  await rooms.close();
  while (subscriptions() > 0 || held() > 0) await wait(10);
  people.behavior = 'normal';
  await people.restart();
});
afterAll(() => people.close());

describe('while a service that completes the events is down', () => {
  beforeEach(async () => void (gateway = await open()));

  test('events wait, and arrive complete, in order and once when it is back', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('before');
    expect(await client.next()).toEqual(post('before'));
    await people.stop();
    for (const text of ['one', 'two', 'three']) rooms.post(text);
    await untilHeld(1);
    expect(client.pendingCount()).toBe(0);
    await people.restart();
    expect(await client.take(3)).toEqual([post('one'), post('two'), post('three')]);
    rooms.post('four');
    expect(await client.next()).toEqual(post('four'));
    expect(client.pendingCount()).toBe(0);
  });

  test('all subscribers of a stream wait for the same attempts', async () => {
    const group = Array.from({ length: 10 }, () => clients.subscribe(posts));
    await untilSubscribed(10);
    people.behavior = { status: 503, text: '' };
    people.requestCount = 0;
    rooms.post('one');
    await untilHeld(10);
    await wait(1_000);
    const attempts = people.requestCount;
    people.behavior = 'normal';
    people.received.length = 0;
    for (const client of group) expect(await client.next()).toEqual(post('one'));
    expect(attempts).toBeLessThan(15);
    expect(entityFetchCount(people)).toBe(1);
    expect(held()).toBe(0);
  });

  test('callers with results of their own wait each for theirs', async () => {
    const group = ['ada', 'ben'].map((id) =>
      clients.subscribe(personal, { connectionParams: { 'x-dev-user-id': id }, variables: { after: 0 } }),
    );
    await untilSubscribed(2);
    await people.stop();
    rooms.post('one');
    await untilHeld(2);
    await people.restart();
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results).toEqual(
      ['ada', 'ben'].map((knownTo) => ({ data: { posted: { text: 'one', author: { name: 'User 7', knownTo } } } })),
    );
  });

  test('a client that reads receives more events than its queue holds, without SLOW_CONSUMER', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('before');
    await client.next();
    await people.stop();
    rooms.post('0');
    await untilHeld(1);
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of texts.slice(1)) rooms.post(text);
    await wait(500);
    expect(rooms.openStreams[0]?.pulled).toBeLessThan(200);
    await people.restart();
    people.received.length = 0;
    expect(await client.take(300)).toEqual(texts.map(post));
    rooms.post('after');
    expect(await client.next()).toEqual(post('after'));
    expect(rooms.allStreams).toHaveLength(1);
    expect(entityFetchCount(people)).toBeLessThan(100);
  });

  test('a client that catches up and asked for nulls receives each event once, marked as incomplete', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => String(index));
    for (const text of texts) rooms.post(text);
    await people.stop();
    const client = clients.subscribe(posts, { variables: { after: 0 }, onError: 'NULL' });
    expect(await client.take(100)).toEqual(
      texts.map((text) => ({
        data: { posted: { text, author: { name: null } } },
        errors: [expect.objectContaining({ path: ['posted', 'author', 'name'], extensions: unavailable })],
        extensions: { incomplete: true },
      })),
    );
    await people.restart();
    rooms.post('after');
    let last = await client.next();
    for (; last.errors; last = await client.next()) rooms.post('after');
    expect(last).toEqual(post('after'));
  });

  test('a client that leaves while its event waits leaves nothing behind', async () => {
    const [before, client] = [subscriptions(), clients.subscribe(posts)];
    await untilOpened(1);
    await people.stop();
    rooms.post('one');
    await untilHeld(1);
    await client.close();
    await untilOpen(0);
    while (subscriptions() > before || held() > 0) await wait(10);
    await people.restart();
    people.requestCount = 0;
    await wait(1_000);
    expect(people.requestCount).toBe(0);
  });

  test('a client that leaves does not end the wait of the others', async () => {
    const [first, second] = [clients.subscribe(posts), clients.subscribe(posts)];
    await untilSubscribed(2);
    await people.stop();
    rooms.post('one');
    await untilHeld(2);
    await first.close();
    await people.restart();
    expect(await second.next()).toEqual(post('one'));
  });

  test('a reloaded supergraph does not end the wait', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    await people.stop();
    rooms.post('one');
    await untilHeld(1);
    await reload();
    rooms.post('two');
    await people.restart();
    expect(await client.take(2)).toEqual([post('one'), post('two')]);
  });

  test('a client that asked for nulls receives events at once, marked as incomplete', async () => {
    const client = clients.subscribe(posts, { onError: 'NULL' });
    await untilOpened(1);
    await people.stop();
    rooms.post('one');
    expect(await client.next()).toEqual({
      data: { posted: { text: 'one', author: { name: null } } },
      errors: [expect.objectContaining({ path: ['posted', 'author', 'name'], extensions: unavailable })],
      extensions: { incomplete: true },
    });
    await people.restart();
  });

  test('events of a field without a cursor arrive at once and name the missing fields', async () => {
    const client = clients.subscribe('subscription { alarm { text author { name } } }');
    await untilOpened(1);
    await people.stop();
    rooms.ringAlarm('fire');
    expect(await client.next()).toEqual({
      data: { alarm: { text: 'fire', author: { name: null } } },
      errors: [expect.objectContaining({ path: ['alarm', 'author', 'name'], extensions: unavailable })],
      extensions: { incomplete: true },
    });
  });
});

describe('when a service stays down longer than LIVE_PATIENCE_SECONDS', () => {
  beforeEach(async () => void (gateway = await open({ LIVE_PATIENCE_SECONDS: '1' })));

  test('the stream ends with the cursor of the event before, from which the client misses nothing', async () => {
    const client = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('one');
    await client.next();
    await people.stop();
    for (const text of ['two', 'three']) rooms.post(text);
    expect(await endOf(client)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', service: 'users', cursor: 1 });
    await untilOpen(0);
    await people.restart();
    const back = clients.subscribe(posts, { variables: { after: 1 } });
    expect(await back.take(2)).toEqual([post('two'), post('three')]);
  });

  test('a client without an event yet resumes after the last event of its stream', async () => {
    const early = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('one');
    await early.next();
    const late = clients.subscribe(posts);
    await untilSubscribed(2);
    await people.stop();
    rooms.post('two');
    expect(await endOf(late)).toMatchObject({ cursor: 1 });
  });

  test.each([
    ['has the cursor at which the stream started', posts, { cursor: 0 }],
    [
      'says that an event is missing if the service does not report where the stream started',
      unpositioned,
      { gap: true },
    ],
  ])('the end before the first event %s', async (_, query, position) => {
    const client = clients.subscribe(query);
    await untilOpened(1);
    while (rooms.openStreams.length === 0) await wait(10);
    await people.stop();
    rooms.post('one');
    expect(await endOf(client)).toEqual({ code: 'UPSTREAM_UNAVAILABLE', service: 'users', ...position });
  });

  test('a client that subscribes again waits as long again', async () => {
    rooms.post('one');
    await people.stop();
    const first = clients.subscribe(posts, { variables: { after: 0 } });
    await untilHeld(1);
    await wait(700);
    const startedAt = performance.now();
    const second = clients.subscribe(posts, { variables: { after: 0 } });
    await endOf(first);
    expect(await endOf(second)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', cursor: 0 });
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });
});

const unavailable = expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', service: 'users' });

function open(more: Record<string, string> = {}): Promise<Gateway> {
  return openGateway([people, rooms], {
    SUPERGRAPH: file,
    SUPERGRAPH_POLL_SECONDS: '0.05',
    DEV_IDENTITY: 'true',
    LIVE_QUEUE_EVENTS: '20',
    ...more,
  });
}

async function reload(): Promise<void> {
  const sdl = rooms.sdl.replace('size: Int', 'size: Int loaded: Int');
  await copyFile(await supergraphFile([people, { name: 'rooms', url: rooms.url, sdl }]), file);
  const isLoaded = async () => JSON.stringify(await gateway.query('{ __type(name: "Query") { fields { name } } }'));
  while (!(await isLoaded()).includes('loaded')) await wait(20);
}

function post(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function endOf(client: { next(): Promise<unknown> }): Promise<unknown> {
  const failure: unknown = await client.next().catch((errors: unknown) => errors);
  return (failure as { extensions: unknown }[])[0]?.extensions;
}

function held(): number {
  return liveMetricsOf('posted').held.value;
}

function subscriptions(): number {
  return liveMetricsOf('posted').open.value;
}

async function untilHeld(count: number): Promise<void> {
  while (held() < count) await wait(10);
}

async function untilSubscribed(count: number): Promise<void> {
  while (subscriptions() < count) await wait(10);
  await untilOpened(1);
}

async function untilOpen(count: number): Promise<void> {
  while (rooms.openStreams.length !== count) await wait(10);
}

async function untilOpened(count: number): Promise<void> {
  while (rooms.allStreams.length < count) await wait(10);
}
