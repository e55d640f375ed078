import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { userCaller } from '@marquee/testkit/callers';
import { testKeys } from '@marquee/testkit/test-keys';
import type { ExecutionResult } from 'graphql';
import { pino } from 'pino';
import { openSubgraphStreams, type SubgraphStreams } from '../../src/upstream/subgraph-streams.js';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';

const posts = 'subscription ($after: Int) { posted(after: $after) { text } }';

let people: Subgraph;
let rooms: RoomsSubgraph;
let proxy: TcpProxy;

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  proxy = await openTcpProxy(rooms.url);
});
afterEach(async () => {
  proxy.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('a stream that its subgraph never starts', () => {
  let gateway: Gateway;
  const clients = createLiveClients(() => gateway);
  const open = async (startTimeoutSeconds: number) => {
    gateway = await openGateway([people, rooms], {
      SUBGRAPH_URLS: JSON.stringify({ rooms: proxy.url }),
      LIVE_START_TIMEOUT_SECONDS: String(startTimeoutSeconds),
      SUBGRAPH_TIMEOUT_SECONDS: String(startTimeoutSeconds),
    });
  };
  afterEach(async () => {
    await clients.closeAll();
    await gateway.close();
  });

  test('ends with UPSTREAM_UNAVAILABLE after several attempts while the subgraph is down', async () => {
    await open(1);
    await rooms.stop();
    const started = performance.now();
    await expectUnavailable(clients.subscribe(posts).next());
    expect(performance.now() - started).toBeGreaterThan(950);
    // On a busy machine an attempt may take that long.
    while (proxy.connectionCount() < 2) await expectUnavailable(clients.subscribe(posts).next());
  });

  test('ends with UPSTREAM_UNAVAILABLE if the subgraph accepts the connection but never responds', async () => {
    await open(0.6);
    proxy.freeze({ forGood: true });
    await expectUnavailable(clients.subscribe(posts).next());
  });

  test('starts if the subgraph is back before the start timeout', async () => {
    await open(300);
    await rooms.stop();
    const client = clients.subscribe(posts, { variables: { after: 0 } });
    while (proxy.connectionCount() < 2) await wait(10);
    rooms.post('one');
    await rooms.restart();
    expect(await client.next()).toEqual({ data: { posted: { text: 'one' } } });
  });
});

test('terminates a silent socket, so that streams resume over a new one', async () => {
  const streams = await openPinging(2_000);
  const lost = streams.subscribe({ query: posts, variables: {} }, userCaller());
  const first = nextEvent(lost);
  while (rooms.openStreams.length === 0) await wait(10);
  rooms.post('one');
  expect(await first).toEqual({ data: { posted: { text: 'one' } } });
  const next = nextEvent(lost);
  proxy.freeze();
  rooms.post('two');
  await expect(next).rejects.toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'rooms' } });
  const resumed = streams.subscribe({ query: posts, variables: { after: 1 } }, userCaller());
  expect(await nextEvent(resumed)).toEqual({ data: { posted: { text: 'two' } } });
  await resumed.return?.();
  await streams.close();
});

test('keeps an idle socket open while the subgraph answers pings', async () => {
  const streams = await openPinging(2_000);
  const stream = streams.subscribe({ query: posts, variables: {} }, userCaller());
  const first = nextEvent(stream);
  while (rooms.openStreams.length === 0) await wait(10);
  // Longer than the socket may be silent.
  await wait(3_000);
  rooms.post('one');
  expect(await first).toEqual({ data: { posted: { text: 'one' } } });
  expect(proxy.connectionCount()).toBe(1);
  await streams.close();
});

/** The position of the stream comes before its first event. */
async function nextEvent(stream: AsyncIterator<ExecutionResult>): Promise<ExecutionResult> {
  const { value } = (await stream.next()) as IteratorYieldResult<ExecutionResult>;
  return value.extensions?.['position'] ? nextEvent(stream) : value;
}

async function openPinging(silenceMs: number): Promise<SubgraphStreams> {
  const signer = await createCallerSigner(JSON.parse((await testKeys()).privateKey));
  const log = pino({ level: 'silent' });
  return openSubgraphStreams({
    name: 'rooms',
    url: new URL(proxy.url),
    signer,
    log,
    openTimeoutMs: 60_000,
    silenceMs,
  });
}

async function expectUnavailable(result: Promise<unknown>): Promise<void> {
  await expect(result).rejects.toEqual([
    expect.objectContaining({ extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'rooms' } }),
  ]);
}
