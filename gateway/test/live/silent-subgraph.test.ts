import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { userCaller } from '@marquee/testkit/callers';
import { testKeys } from '@marquee/testkit/test-keys';
import { pino } from 'pino';
import { openSubgraphStreams, type SubgraphStreams } from '../../src/upstream/subgraph-streams.js';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type Rooms } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { openTcpProxy, type TcpProxy } from '../fixtures/tcp-proxy.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { text } }';

let people: Subgraph;
let rooms: Rooms;
let wire: TcpProxy;

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  wire = await openTcpProxy(rooms.url);
});
afterEach(async () => {
  wire.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('a stream that its service never begins ends with UPSTREAM_UNAVAILABLE', () => {
  let gateway: Gateway;
  const clients = createLiveClients(() => gateway);
  beforeEach(async () => {
    gateway = await openGateway([people, rooms as unknown as Subgraph], {
      SUBGRAPH_URLS: JSON.stringify({ rooms: wire.url }),
      LIVE_START_TIMEOUT_SECONDS: '0.6',
      SUBGRAPH_TIMEOUT_SECONDS: '0.5',
    });
  });
  afterEach(async () => {
    await clients.leave();
    await gateway.close();
  });

  test('once patience is over, when the service is gone, after more than one attempt', async () => {
    await rooms.stop();
    const started = performance.now();
    await expectUnavailable(clients.subscribe(posts).next());
    expect(performance.now() - started).toBeGreaterThan(600);
    expect(wire.connections()).toBeGreaterThan(1);
  });

  test('when the service takes the connection and never says a word', async () => {
    wire.freeze({ forGood: true });
    await expectUnavailable(clients.subscribe(posts).next());
  });

  test('and not when it comes back in time', async () => {
    await rooms.stop();
    const client = clients.subscribe(posts, { variables: { after: 0 } });
    await wait(200);
    rooms.post('one');
    await rooms.restart();
    expect(await client.next()).toEqual({ data: { posted: { text: 'one' } } });
  });
});

test('a socket to a service that falls silent is cut by a ping, so that streams go on over another', async () => {
  const streams = await openPinging(100);
  const lost = streams.subscribe({ query: posts, variables: {} }, userCaller());
  const first = lost.next();
  while (rooms.open.length === 0) await wait(10);
  rooms.post('one');
  expect((await first).value).toEqual({ data: { posted: { text: 'one' } } });
  const next = lost.next();
  wire.freeze();
  rooms.post('two');
  await expect(next).rejects.toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'rooms' } });
  const resumed = streams.subscribe({ query: posts, variables: { after: 1 } }, userCaller());
  expect((await resumed.next()).value).toEqual({ data: { posted: { text: 'two' } } });
  await resumed.return?.();
  await streams.close();
});

test('a quiet socket to a service that answers pings stays', async () => {
  const streams = await openPinging(50);
  const stream = streams.subscribe({ query: posts, variables: {} }, userCaller());
  const first = stream.next();
  while (rooms.open.length === 0) await wait(10);
  await wait(400);
  rooms.post('one');
  expect((await first).value).toEqual({ data: { posted: { text: 'one' } } });
  expect(wire.connections()).toBe(1);
  await streams.close();
});

async function openPinging(pingInterval: number): Promise<SubgraphStreams> {
  const signer = await createCallerSigner(JSON.parse((await testKeys()).privateKey));
  const log = pino({ level: 'silent' });
  return openSubgraphStreams({
    name: 'rooms',
    url: new URL(wire.url),
    signer,
    log,
    openTimeoutMs: 2_000,
    pingIntervalMs: pingInterval,
  });
}

async function expectUnavailable(result: Promise<unknown>): Promise<void> {
  await expect(result).rejects.toEqual([
    expect.objectContaining({ extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'rooms' } }),
  ]);
}
