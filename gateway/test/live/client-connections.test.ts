import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createLiveClients } from '../fixtures/live-clients.js';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { liveMetricsOf } from '../../src/live/live-metrics.js';

const posts = 'subscription { posted { text } }';

let issuer: Issuer;
let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  [people, issuer] = await Promise.all([openPeople(), openIssuer()]);
});
beforeEach(async () => {
  rooms = await openRooms();
  const limits = { LIVE_QUEUE_EVENTS: '20', LIVE_SOCKETS_PER_CALLER: '2' };
  gateway = await openGateway([people, rooms], { issuer, ...limits });
});
afterEach(async () => {
  await clients.closeAll();
  await gateway.close();
  await rooms.close();
});
afterAll(() => Promise.all([people.close(), issuer.close()]));

test('ends a client that does not read with SLOW_CONSUMER and its cursor; the others miss nothing', async () => {
  const { open, slowConsumers } = liveMetricsOf('posted');
  const before = slowConsumers.value;
  const fast = clients.subscribe(posts);
  const slow = await openSocket();
  slow.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: posts } }));
  await untilOpened(1);
  while (open.value < 2) await wait(10);
  slow.pause();
  for (let count = 1; count <= 80; count += 1) {
    rooms.post('x'.repeat(300_000));
    await fast.next();
  }
  while (slowConsumers.value === before) await wait(100);
  const messages: { type: string; payload?: unknown }[] = [];
  slow.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { type: string }));
  slow.resume();
  while (messages.at(-1)?.type !== 'error') await wait(20);
  expect(slowConsumers.value).toBe(before + 1);
  expect(messages.length).toBeLessThan(80);
  expect(messages.at(-1)?.payload).toEqual([
    expect.objectContaining({ extensions: { code: 'SLOW_CONSUMER', cursor: messages.length - 1 } }),
  ]);
  slow.terminate();
});

describe('a ping with a token', () => {
  test('of the same subject keeps the socket open beyond the expiry of the first token', async () => {
    const socket = await openSocket(await issuer.userToken('ada', { exp: inSixSeconds() }));
    const closed = closeOf(socket);
    expect(await renew(socket, await issuer.userToken('ada'))).toEqual({ renewed: true });
    expect(await Promise.race([closed, wait(12_000)])).toBeUndefined();
    socket.terminate();
  });

  test('is asked for by a ping of the gateway before the token expires', async () => {
    const exp = Math.floor(Date.now() / 1000) + 8;
    const socket = await openSocket(await issuer.userToken('ada', { exp }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    const { type, payload } = JSON.parse(message.toString()) as { type: string; payload: object };
    expect([type, payload]).toEqual(['ping', { tokenExpiresInSeconds: expect.any(Number) }]);
    expect(await renew(socket, await issuer.userToken('ada'))).toEqual({ renewed: true });
    socket.terminate();
  });

  test('is not echoed, unlike a payload without credentials', async () => {
    const socket = await openSocket(await issuer.userToken('ada'));
    expect(await pong(socket, { id: 7, sentAt: 'now' })).toEqual({ id: 7, sentAt: 'now' });
    expect(await pong(socket, { token: 'secret' })).toEqual({ renewed: false });
    expect(await pong(socket, undefined)).toBeUndefined();
    socket.terminate();
  });

  test('of another subject closes the socket with 4403', async () => {
    const socket = await openSocket(await issuer.userToken('ada'));
    const closed = closeOf(socket);
    socket.send(ping(await issuer.userToken('ben')));
    expect((await closed)[0]).toBe(4403);
  });

  test('with other scopes closes the socket with 1012, because its streams were opened with the previous ones', async () => {
    const socket = await openSocket(await issuer.userToken('ada'));
    const closed = closeOf(socket);
    socket.send(ping(await issuer.userToken('ada', { scope: 'marquee/graph.explore' })));
    expect(await closed).toEqual([1012, expect.stringContaining('have changed')]);
  });

  test('that is invalid closes the socket with 4403', async () => {
    const socket = await openSocket(await issuer.userToken('ada'));
    const closed = closeOf(socket);
    socket.send(ping(await issuer.userToken('ada', { exp: 1 })));
    expect(await closed).toEqual([4403, expect.stringContaining('expired')]);
  });
});

test('closes one socket too many of a caller with 1013, after which stock clients try again', async () => {
  const token = await issuer.userToken('ada');
  const sockets = await Promise.all([openSocket(token), openSocket(token)]);
  const third = new WebSocket(address(), 'graphql-transport-ws');
  await once(third, 'open');
  third.send(JSON.stringify({ type: 'connection_init', payload: bearer(token) }));
  expect(await closeOf(third)).toEqual([1013, 'Too many connections of one caller']);
  for (const socket of sockets) socket.terminate();
});

test('closes a socket with 1013 if a service is unavailable that identifies the caller', async () => {
  people.behavior = { status: 503, text: '' };
  const socket = new WebSocket(address(), 'graphql-transport-ws');
  await once(socket, 'open');
  const closed = closeOf(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: bearer(await issuer.userToken('unseen')) }));
  expect((await closed)[0]).toBe(1013);
  people.behavior = 'normal';
});

describe('an invalid subscription', () => {
  const badInput = { extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) };
  const invalidOperations = [
    'subscription { a: posted { text } b: posted { text } }',
    'subscription { ...A } fragment A on Subscription { posted { text } alarm { text } }',
    'subscription { __typename }',
    'subscription { nothing }',
    'subscription { posted { nothing } }',
    'subscription { posted(nothing: 1) { text } }',
    'subscription { posted @skip(if: false) { text } }',
    'subscription { ... @include(if: true) { posted { text } } }',
    'subscription {',
  ];

  test.each(invalidOperations)('%s is rejected over a socket, and with 400 over SSE and plain HTTP', async (query) => {
    await expect(clients.subscribe(query).next()).rejects.toContainEqual(expect.objectContaining(badInput));
    const response = await events({ query });
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [badInput] }]);
    const { status, errors } = await gateway.query(query);
    expect([status, errors[0]]).toMatchObject([400, badInput]);
    expect(rooms.allStreams).toEqual([]);
  });
});

test('rejects a subscription over plain HTTP with 400 and names the supported transports', async () => {
  const { status, errors } = await gateway.query(posts);
  expect({ status, errors }).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(errors[0]?.message).toMatch(/graphql-transport-ws.*text\/event-stream/);
});

describe('over server-sent events', () => {
  test('events carry their cursor as id, and Last-Event-ID resumes after it', async () => {
    for (const text of ['one', 'two', 'three']) rooms.post(text);
    const query = 'subscription { posted(after: 0) { text } }';
    const first = await events({ query });
    expect(await textUntil(first, '\n\n', 'one')).toContain('event: next\nid: 1\ndata: {"data"');
    const resumed = await events({ query }, { headers: { 'last-event-id': '2' } });
    expect(await textUntil(resumed, '\n\n', 'three')).not.toContain('one');
    const refused = await events({ query }, { headers: { 'last-event-id': 'x' } });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Last-Event-ID')]);
  });

  test('an id without an event is the position at which the subscription starts', async () => {
    rooms.post('before');
    const [abort, query] = [new AbortController(), 'subscription { posted { text } }'];
    const first = await events({ query }, { signal: abort.signal });
    expect(await textUntil(first, '\n\n', 'id: ')).toBe(':\n\nid: 1\n\n');
    abort.abort();
    rooms.post('meanwhile');
    const resumed = await events({ query }, { headers: { 'last-event-id': '1' } });
    expect(await textUntil(resumed, '\n\n', 'id: ')).toContain('id: 2\ndata: {"data":{"posted":{"text":"meanwhile"}}}');
  });

  test('delivers the events of a subscription, and ends it at the subgraph when the client disconnects', async () => {
    const abort = new AbortController();
    const response = await events({ query: posts }, { signal: abort.signal });
    await untilOpened(1);
    rooms.post('one');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await textUntil(response, '\n\n', 'event: next')).toContain('data: {"data":{"posted":{"text":"one"}}}');
    abort.abort();
    while (rooms.openStreams.length > 0) await wait(10);
    expect(rooms.allStreams).toHaveLength(1);
  });

  test('sends one result for a query', async () => {
    const text = await (await events({ query: '{ size }' })).text();
    expect(text).toBe(':\n\nevent: next\ndata: {"data":{"size":0}}\n\nevent: complete\ndata:\n\n');
  });

  // The second one is the default of urql.
  test.each([
    ['application/json, text/event-stream', 'application/json'],
    [
      'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
      'application/graphql-response+json',
    ],
    ['text/event-stream;q=0.5, application/json', 'application/json'],
    ['text/event-stream, application/json', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ['text/event-stream, */*;q=0.1', 'text/event-stream'],
  ])('answers a query with "accept: %s" as %s, and a subscription as an event stream', async (accept, type) => {
    const query = await events({ query: '{ size }' }, { headers: { accept } });
    expect(query.headers.get('content-type')).toContain(type);
    expect(await query.text()).toContain('{"data":{"size":0}}');
    const abort = new AbortController();
    const subscription = await events({ query: posts }, { headers: { accept }, signal: abort.signal });
    expect(subscription.headers.get('content-type')).toContain('text/event-stream');
    abort.abort();
  });

  test('rejects an invalid token with 401 and a content type other than JSON with 415', async () => {
    const expired = bearer(await issuer.userToken('ada', { exp: 1 }));
    expect((await events({ query: posts }, { headers: expired })).status).toBe(401);
    expect((await events({ query: posts }, { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });
});

function events(
  body: object,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
) {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** Reads until the text contains `begin`, followed by `end`. */
async function textUntil(response: Response, end: string, begin: string): Promise<string> {
  let text = '';
  const reader = response.body!.getReader();
  while (!text.includes(begin) || !text.slice(text.indexOf(begin)).includes(end))
    text += new TextDecoder().decode((await reader.read()).value as Uint8Array);
  return text;
}

async function openSocket(token?: string): Promise<WebSocket> {
  const socket = new WebSocket(address(), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: token === undefined ? {} : bearer(token) }));
  await once(socket, 'message');
  return socket;
}

function renew(socket: WebSocket, token: string): Promise<unknown> {
  return pong(socket, bearer(token));
}

/** The payload of the answer to a ping. */
async function pong(socket: WebSocket, payload: unknown): Promise<unknown> {
  socket.send(JSON.stringify({ type: 'ping', payload }));
  const [answer] = (await once(socket, 'message')) as [Buffer];
  return (JSON.parse(answer.toString()) as { payload: unknown }).payload;
}

function ping(token: string): string {
  return JSON.stringify({ type: 'ping', payload: bearer(token) });
}

async function closeOf(socket: WebSocket): Promise<[number, string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}

function address(): string {
  return `${gateway.url.replace('http', 'ws')}/graphql`;
}

function inSixSeconds(): number {
  return Math.floor(Date.now() / 1000) + 6;
}

async function untilOpened(count: number): Promise<void> {
  while (rooms.allStreams.length < count) await wait(10);
}
