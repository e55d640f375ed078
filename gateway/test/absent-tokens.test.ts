import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';
import { transports } from './fixtures/transport-clients.js';

const page = 'https://page.test';

let users: Subgraph;
let issuer: Issuer;
let gateway: Gateway;
let token: string;
beforeAll(async () => {
  [users, issuer] = await Promise.all([openUsers(), openIssuer()]);
  gateway = await openGateway([users], { issuer, CORS_ORIGINS: page });
  token = await issuer.userToken('ada');
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([users.close(), issuer.close()]);
});

describe('an authorization header without a token makes a guest:', () => {
  describe.each(['', 'Bearer null', 'Bearer undefined', 'bearer  NULL', 'null', 'undefined'])(
    '"%s"',
    (authorization) => {
      test.each(['POST', 'GET', 'SSE', 'WS'] as const)('over %s', async (name) => {
        const { data, errors } = await transports[name](gateway.url, {
          query: '{ caller }',
          headers: { authorization },
        });
        expect([data, errors]).toEqual([{ caller: '{"kind":"guest"}' }, []]);
      });
    },
  );
});

describe('the payload of connection_init', () => {
  test.each<[string, () => object]>([
    ['authorization', () => bearer(token)],
    ['Authorization', () => ({ Authorization: `Bearer ${token}` })],
    ['authorization without Bearer', () => ({ authorization: token })],
    ['headers.Authorization', () => ({ headers: { Authorization: `Bearer ${token}` } })],
    ['headers.authorization', () => ({ headers: bearer(token) })],
    ['authToken', () => ({ authToken: token })],
    ['authToken with Bearer', () => ({ authToken: `Bearer ${token}` })],
    ['accessToken', () => ({ accessToken: token })],
    ['access_token', () => ({ access_token: token })],
    ['token', () => ({ token })],
    ['the same token twice', () => ({ ...bearer(token), authToken: token })],
    ['a token beside an empty one', () => ({ authToken: token, authorization: '' })],
  ])('accepts %s', async (_, payload) => {
    expect(await callerOver(payload())).toMatchObject({ kind: 'user', sub: 'ada' });
  });

  test.each<[string, object | undefined]>([
    ['nothing', undefined],
    ['an empty object', {}],
    ['null', { authorization: null }],
    ['undefined as text', { authToken: 'undefined' }],
    ['Bearer null in headers', { headers: { Authorization: 'Bearer null' } }],
    ['a token that is null', { token: null }],
    ['other values', { clientName: 'web', version: '1.2.3', headers: { 'x-request-id': 'a' } }],
  ])('makes a guest with %s', async (_, payload) => {
    expect(await callerOver(payload)).toEqual({ kind: 'guest' });
  });

  test.each<[string, () => object, string]>([
    ['sessionToken', () => ({ sessionToken: token }), 'instead of "sessiontoken"'],
    ['a token in a nested value', () => ({ context: { user: { jwt: token } } }), 'instead of "context"'],
    ['a token under any other name', () => ({ value: `Bearer ${token}` }), 'instead of "value"'],
    ['headers with another name', () => ({ headers: { 'x-auth-token': token } }), 'instead of "x-auth-token"'],
    ['an object', () => ({ authorization: { token } }), 'expected the token in the payload to be a text'],
    ['two tokens', () => ({ authorization: 'Bearer a', authToken: 'b' }), 'two different tokens'],
    ['an invalid token', () => ({ authToken: 'not-a-token' }), 'not a JSON Web Token'],
  ])('is refused with %s', async (_, payload, reason) => {
    await expect(callerOver(payload())).rejects.toMatchObject({ code: 4403, reason: expect.stringContaining(reason) });
  });
});

test('a ping without a token keeps the socket', async () => {
  const socket = await open();
  await initialise(socket, bearer(token));
  for (const payload of [{ authorization: 'Bearer null' }, { sessionToken: 'a' }]) {
    socket.send(JSON.stringify({ type: 'ping', payload }));
    expect(await received(socket)).toEqual({ type: 'pong', payload: { renewed: false } });
  }
  socket.send(JSON.stringify({ type: 'ping', payload: { authToken: token } }));
  expect(await received(socket)).toEqual({ type: 'pong', payload: { renewed: true } });
  socket.terminate();
});

describe('the upgrade of a page', () => {
  test.each([
    ['of an allowed origin', () => page],
    ['of the gateway itself', () => new URL(gateway.url).origin],
  ])('%s is accepted', async (_, origin) => {
    const socket = await open(origin());
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });

  test.each(['https://elsewhere.test', 'null', 'https://page.test.elsewhere.test', 'not an origin'])(
    'of the origin %s is refused',
    async (origin) => {
      await expect(open(origin)).rejects.toThrow('403');
    },
  );
});

describe('a user who signs in for the first time', () => {
  beforeEach(() => {
    users.received = [];
  });

  test.each([
    ['by their name', { name: 'Ada', username: 'ada@example.com' }, 'Ada'],
    ['by a username', { username: 'ada_l' }, 'ada_l'],
    ['without a name that is an email', { username: 'ada@example.com' }, undefined],
    ['without a name that is a telephone number', { username: '+49 123 4567' }, undefined],
    ['by a username, since the name is an email', { name: 'ada@example.com', username: 'ada_l' }, 'ada_l'],
  ])('is known %s', async (_, claims, name) => {
    const sub = `first-${Math.random()}`;
    await gateway.query('{ caller }', bearer(await issuer.userToken(sub, claims)));
    const lookup = users.received.find(({ variables }) => variables['sub0'] === sub);
    expect(lookup).toBeDefined();
    expect(lookup?.variables['name0']).toBe(name);
  });
});

async function open(origin?: string): Promise<WebSocket> {
  const url = `${gateway.url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { ...(origin !== undefined && { origin }) });
  await once(socket, 'open');
  return socket;
}

async function callerOver(payload?: object): Promise<unknown> {
  const socket = await open();
  await initialise(socket, payload);
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ caller }' } }));
  const { payload: result } = (await received(socket)) as { payload: { data: { caller: string } } };
  socket.terminate();
  return JSON.parse(result.data.caller);
}

async function initialise(socket: WebSocket, payload?: object): Promise<void> {
  socket.send(JSON.stringify({ type: 'connection_init', ...(payload && { payload }) }));
  expect(await received(socket)).toEqual({ type: 'connection_ack' });
}

/** The next message. Rejects with the code and the reason when the socket is closed. */
async function received(socket: WebSocket): Promise<unknown> {
  const closed = once(socket, 'close').then(([code, reason]) =>
    Promise.reject(Object.assign(new Error('closed'), { code, reason: String(reason) })),
  );
  const [message] = (await Promise.race([once(socket, 'message'), closed])) as [Buffer];
  closed.catch(() => undefined);
  return JSON.parse(message.toString());
}
