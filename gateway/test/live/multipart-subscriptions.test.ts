import { setTimeout as wait } from 'node:timers/promises';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { subscriptionAccept } from '../fixtures/transport-clients.js';

const query = 'subscription { posted { text author { name } } }';

let issuer: Issuer;
let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;

beforeAll(async () => {
  [people, issuer] = await Promise.all([openPeople(), openIssuer()]);
});
beforeEach(async () => {
  rooms = await openRooms();
  const settings = { LIVE_SOCKETS_PER_CALLER: '1', LIVE_REVALIDATE_SECONDS: '1', LIVE_QUEUE_EVENTS: '5' };
  gateway = await openGateway([people, rooms], { issuer, ...settings });
});
afterEach(async () => {
  await gateway.close();
  await rooms.close();
});
afterAll(() => Promise.all([people.close(), issuer.close()]));

test('Apollo Client receives the events of a subscription, completed by other services', async () => {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${gateway.url}/graphql`, fetch }),
  });
  const received: unknown[] = [];
  const subscription = client.subscribe({ query: gql(query) }).subscribe(({ data }) => void received.push(data));
  await untilStreams(1);
  rooms.post('one');
  rooms.post('two');
  while (received.length < 2) await wait(20);
  expect(received).toMatchObject([
    { posted: { text: 'one', author: { name: 'User 7' } } },
    { posted: { text: 'two', author: { name: 'User 7' } } },
  ]);
  subscription.unsubscribe();
  client.stop();
  await untilStreams(0);
});

test('sends events as parts with a payload, after an empty part, with a heartbeat every five seconds', async () => {
  const { response, next } = await subscribe();
  expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="graphql"; subscriptionSpec=1.0');
  expect(await next()).toEqual({});
  await untilStreams(1);
  rooms.post('one');
  expect(await next()).toEqual({ payload: { data: { posted: { text: 'one', author: { name: 'User 7' } } } } });
  expect(await next()).toEqual({});
  await response.cancel();
});

test('breaks off once the token has expired, so that clients connect again with a new one', async () => {
  const token = await issuer.userToken('ada', { exp: Math.floor(Date.now() / 1000) + 8 });
  const { next, rest } = await subscribe(bearer(token));
  expect(await next()).toEqual({});
  expect(await rest()).not.toMatch(/--graphql--|errors/);
});

test('counts as a socket of its caller', async () => {
  const headers = bearer(await issuer.userToken('ada'));
  const { next, response } = await subscribe(headers);
  await next();
  const second = await subscribe(headers);
  expect(second.response.status).toBe(429);
  await response.cancel();
});

test('is interrupted without its end when the gateway stops, so that clients reconnect', async () => {
  const { next, rest } = await subscribe();
  await next();
  await untilStreams(1);
  await gateway.close();
  expect(await rest()).not.toContain('--graphql--');
});

test('refuses an invalid subscription with JSON', async () => {
  const { response } = await subscribe({}, 'subscription { posted { nothing } }');
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
});

test('refuses @defer in a subscription, unless it is turned off', async () => {
  const deferred = (condition: string): string =>
    `subscription { posted { text ... @defer${condition} { author { name } } } }`;
  const refused = await subscribe({}, deferred(''));
  expect(refused.response.status).toBe(400);
  const { next, response } = await subscribe({}, deferred('(if: false)'));
  expect(await next()).toEqual({});
  await untilStreams(1);
  rooms.post('one');
  expect(await next()).toEqual({ payload: { data: { posted: { text: 'one', author: { name: 'User 7' } } } } });
  await response.cancel();
});

async function subscribe(headers: Record<string, string> = {}, operation = query) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: subscriptionAccept, ...headers },
    body: JSON.stringify({ query: operation }),
  });
  const reader = response.body!.getReader();
  let text = '';
  const read = async (): Promise<boolean> => {
    const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
    text += new TextDecoder().decode(value);
    return !done;
  };
  return {
    response: { status: response.status, headers: response.headers, cancel: () => reader.cancel() },
    /** The JSON of the next part. */
    async next(): Promise<unknown> {
      for (;;) {
        const [whole = '', json = ''] = /\r\n\r\n(.*)\r\n--graphql/.exec(text) ?? [];
        text = text.slice(text.indexOf(whole) + whole.length);
        if (json !== '') return JSON.parse(json);
        if (!(await read())) throw new Error(`The response has ended: ${text}`);
      }
    },
    /** The text after the last part that was read. */
    async rest(): Promise<string> {
      while (await read());
      return text;
    },
  };
}

async function untilStreams(count: number): Promise<void> {
  while (rooms.openStreams.length !== count) await wait(20);
}
