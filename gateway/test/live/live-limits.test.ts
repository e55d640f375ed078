import { once } from 'node:events';
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createStreamLimits } from '../../src/live/stream-limits.js';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { createLiveClients } from '../fixtures/live-clients.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const limits = {
  LIVE_SOCKETS_PER_CALLER: '3',
  LIVE_SOCKETS_PER_ADDRESS: '6',
  LIVE_STREAMS_PER_CALLER: '2',
  LIVE_STREAMS_PER_ADDRESS: '3',
  TRUSTED_PROXIES: '1',
};

let issuer: Issuer;
let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);
const sockets: WebSocket[] = [];

beforeAll(async () => {
  [people, issuer] = await Promise.all([openPeople(), openIssuer()]);
});
beforeEach(async () => {
  rooms = await openRooms();
});
afterEach(async () => {
  await clients.closeAll();
  for (const socket of sockets.splice(0)) socket.terminate();
  await gateway.close();
  await rooms.close();
});
afterAll(() => Promise.all([people.close(), issuer.close()]));

describe('different subscriptions', () => {
  beforeEach(async () => void (gateway = await openGateway([people, rooms], { issuer, ...limits })));

  test('are limited per caller; equal ones count once, and a closed one frees its place', async () => {
    const open = [posts('a'), posts('b'), posts('a')].map((query) => clients.subscribe(query));
    await untilStreams(2);
    await expect(clients.subscribe(posts('c')).next()).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } },
    ]);
    rooms.post('hello');
    for (const subscription of open) expect(await subscription.next()).toMatchObject({ data: expect.anything() });
    await open[1]?.close();
    await untilStreams(1);
    clients.subscribe(posts('c'));
    await untilStreams(2);
  });

  test('are limited per address, for all callers together', async () => {
    const connectionParams = bearer(await issuer.userToken('ada'));
    clients.subscribe(posts('a'));
    clients.subscribe(posts('b'));
    clients.subscribe(posts('c'), { connectionParams });
    await untilStreams(3);
    await expect(clients.subscribe(posts('d'), { connectionParams }).next()).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ]);
  });
});

describe('connections', () => {
  test('of one caller over the limit get 429 over HTTP, and 1013 over a WebSocket', async () => {
    gateway = await openGateway([people, rooms], { issuer, ...limits, LIVE_STREAMS_PER_ADDRESS: '100' });
    const headers = bearer(await issuer.userToken('ada'));
    const aborts = [1, 2, 3].map(() => new AbortController());
    const streams = await Promise.all(aborts.map(({ signal }) => events(posts('a'), headers, signal)));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    const refused = await events(posts('a'), headers);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } }],
    });
    const socket = await openSocket({});
    socket.send(JSON.stringify({ type: 'connection_init', payload: headers }));
    expect((await once(socket, 'close'))[0]).toBe(1013);
    for (const abort of aborts) abort.abort();
  });

  test('of one address over the limit are refused with 429, and those of others accepted', async () => {
    gateway = await openGateway([people, rooms], { issuer, ...limits });
    for (let count = 0; count < 6; count += 1) await openSocket({ 'x-forwarded-for': '198.51.100.1' });
    await expect(openSocket({ 'x-forwarded-for': '198.51.100.1' })).rejects.toThrow('429');
    await openSocket({ 'x-forwarded-for': '198.51.100.2' });
  });

  test('of guests leave room for identified callers and health checks', async () => {
    gateway = await openGateway([people, rooms], { issuer, CONNECTIONS: '10' });
    const guests = [];
    for (let count = 0; count < 8; count += 1) guests.push(await connect({}));
    expect(guests.map(({ type }) => type)).toEqual(Array.from({ length: 8 }, () => 'connection_ack'));
    const refused = await openSocket({});
    refused.send(JSON.stringify({ type: 'connection_init' }));
    expect((await once(refused, 'close'))[0]).toBe(1013);
    expect(await connect(bearer(await issuer.userToken('ada')))).toEqual({ type: 'connection_ack' });
    await expect(openSocket({})).rejects.toThrow('503');
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  });
});

describe('createStreamLimits', () => {
  test('counts guests at one address as one caller, and each identified caller', () => {
    const streams = createStreamLimits({ perCaller: 1, perAddress: 100 });
    const release = streams.acquire({ address: 'a', caller: 'guest' }, 'one');
    expect(() => streams.acquire({ address: 'a', caller: 'guest' }, 'two')).toThrow('At most 1 different');
    streams.acquire({ address: 'b', caller: 'guest' }, 'two');
    streams.acquire({ address: 'a', caller: 'user 1' }, 'two');
    expect(() => streams.acquire({ address: 'b', caller: 'user 1' }, 'one')).toThrow('At most 1 different');
    release();
    streams.acquire({ address: 'a', caller: 'guest' }, 'two');
  });

  test('frees the place of a stream with its last subscription', () => {
    const streams = createStreamLimits({ perCaller: 1, perAddress: 100 });
    const releases = [1, 2].map(() => streams.acquire({ address: 'a', caller: 'user 1' }, 'one'));
    releases[0]?.();
    expect(() => streams.acquire({ address: 'a', caller: 'user 1' }, 'two')).toThrow();
    releases[1]?.();
    streams.acquire({ address: 'a', caller: 'user 1' }, 'two');
  });
});

/** Subscriptions with different aliases are different streams. */
function posts(alias: string): string {
  return `subscription { ${alias}: posted { text } }`;
}

async function untilStreams(count: number): Promise<void> {
  while (rooms.openStreams.length !== count) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function openSocket(headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}

/** Opens a socket and returns the reply to connection_init. */
async function connect(payload: Record<string, string>): Promise<{ type: string }> {
  const socket = await openSocket({});
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  const [reply] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(reply.toString()) as { type: string };
}

function events(query: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
}
