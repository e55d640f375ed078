/**
 * The scenarios of graphql-transport-ws (enisdenjo/graphql-ws, PROTOCOL.md) against a running gateway. Where it differs on
 * purpose from gateways that pass messages through, the row gives the difference.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { type NumbersSubgraph, openNumbers } from '../fixtures/numbers-subgraph.js';
import {
  ack,
  acknowledge,
  complete,
  init,
  next,
  openProtocolClient,
  type ProtocolClient,
  type ProtocolClientOptions,
  subscribe,
} from '../fixtures/protocol-client.js';
import {
  answered,
  answeredAs,
  badInput,
  closeCode,
  numberIn,
  query,
  type Scenario,
  titleOf,
  unavailable,
} from '../fixtures/protocol-scenario.js';
import { openUsers } from '../fixtures/sample-graph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

let issuer: Issuer;
let users: Subgraph;
let numbers: NumbersSubgraph;
let proxy: TcpProxy;
let gateway: Gateway;
const clients: ProtocolClient[] = [];

beforeAll(async () => {
  [issuer, users, numbers] = await Promise.all([openIssuer(), openUsers(), openNumbers()]);
  proxy = await openTcpProxy(numbers.url);
  gateway = await openGateway([users, numbers], {
    issuer,
    SUBGRAPH_URLS: JSON.stringify({ numbers: proxy.url }),
    SUBGRAPH_TIMEOUT_SECONDS: '2',
    LIVE_START_TIMEOUT_SECONDS: '2',
  });
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  users.behavior = 'normal';
  await untilTicks(0);
});
afterAll(async () => {
  await gateway.close();
  proxy.close();
  await Promise.all([users.close(), numbers.close(), issuer.close()]);
});

const refusedMessages: [what: string, code: number, ...sent: object[]][] = [
  ['a second connection_init', 4429, init, init],
  ['subscribe before the acknowledgement', 4401, subscribe('1', '{ one }')],
  ['no connection_init in time', 4408],
];

const connecting: Scenario[] = [
  {
    name: 'connection_init is acknowledged',
    acknowledged: false,
    async run(client) {
      client.send({ ...init, payload: {} });
      return [client.socket.protocol, await client.next()];
    },
    expected: ['graphql-transport-ws', ack],
  },
  ...refusedMessages.map(([what, code, ...sent]) => ({
    name: `${what} closes with ${code}`,
    acknowledged: false,
    run: (client: ProtocolClient) => closeCode(client, ...sent),
    expected: code,
  })),
  {
    name: 'no subprotocol closes with 4406',
    acknowledged: false,
    run: async () => closeCode(await open({ subprotocols: [] })),
    expected: 4406,
  },
  {
    name: 'the legacy subprotocol is not accepted in the handshake',
    acknowledged: false,
    run: () => open({ subprotocols: ['graphql-ws'] }).catch(({ message }: Error) => message),
    expected: 'Server sent no subprotocol',
  },
  {
    name: 'a refused connection_init closes with 4403 and the reason',
    acknowledged: false,
    async run(client) {
      client.send({ ...init, payload: bearer(await issuer.userToken('ada', { exp: 1 })) });
      return client.closed;
    },
    expected: [4403, 'The access token is refused: expired (exp).'],
  },
  {
    name: 'a reason that is longer than a close frame allows is shortened',
    acknowledged: false,
    async run(client) {
      client.send({ ...init, payload: { ['\u00e9\u{1f600}token'.repeat(40)]: 'secret' } });
      const [code, reason] = await client.closed;
      return [code, Buffer.byteLength(reason) <= 123];
    },
    expected: [4403, true],
  },
  {
    name: 'headers and the payload of connection_init',
    difference:
      'not forwarded: the token of the payload is verified, and services get the caller that the gateway signs',
    acknowledged: false,
    async run() {
      const client = await open({ headers: { authorization: 'Bearer other', 'x-custom': 'header' } });
      await acknowledge(client, { ...bearer(await issuer.userToken('ada')), 'x-custom': 'payload' });
      client.send(subscribe('1', '{ me { id } }'));
      const { payload } = await client.next();
      const { headers, caller } = users.received.at(-1)!;
      return [payload, headers.authorization, headers['x-custom'], caller];
    },
    expected: [{ data: { me: { id: 'id-of-ada' } } }, undefined, undefined, expect.objectContaining({ sub: 'ada' })],
  },
];

const invalidMessages: [what: string, message: object | string][] = [
  ['an unknown message type', { type: 'start', id: '1' }],
  ['a message without a type', { payload: {} }],
  ['a message that only servers send', { type: 'next', id: '1', payload: {} }],
  ['invalid JSON', '{"type":'],
  ['a text that is no object', '"ping"'],
  ['a binary frame', Buffer.from('{"type":"ping"}')],
  ['subscribe without an id', { type: 'subscribe', payload: { query: '{ one }' } }],
  ['subscribe with an empty id', subscribe('', '{ one }')],
  ['subscribe without a query', { type: 'subscribe', id: '1', payload: {} }],
  ['complete without an id', { type: 'complete' }],
];

const messages: Scenario[] = [
  ...invalidMessages.map(([what, message]) => ({
    name: `${what} closes with 4400`,
    run: (client: ProtocolClient) => closeCode(client, message),
    expected: 4400,
  })),
  {
    name: 'ping is answered by pong with its payload, also before connection_init without one',
    acknowledged: false,
    async run(client) {
      client.send({ type: 'ping' });
      const early = await client.next();
      client.send(init, { type: 'ping' }, { type: 'ping', payload: { sentAt: 7 } });
      return [early, ...(await client.take(3)).filter(({ type }) => type === 'pong')];
    },
    expected: [{ type: 'pong' }, { type: 'pong' }, { type: 'pong', payload: { sentAt: 7 } }],
  },
  {
    name: 'ping with a token',
    difference: 'renews the token of the socket in place; the pong says so and does not echo the token',
    acknowledged: false,
    async run(client) {
      const token = bearer(await issuer.userToken('ada'));
      await acknowledge(client, token);
      client.send({ type: 'ping', payload: token });
      return client.next();
    },
    expected: { type: 'pong', payload: { renewed: true } },
  },
  {
    name: 'pong without a ping is ignored, and so is complete of an unknown operation',
    run(client) {
      client.send({ type: 'pong' }, { type: 'pong', payload: { any: 1 } }, { type: 'complete', id: 'unknown' });
      return query(client);
    },
    expected: answered,
  },
];

const invalidOperations = [
  ['a syntax error', '{'],
  ['an unknown field', 'subscription { unknown }'],
  ['a missing variable', 'subscription ($from: Int!) { countdown(from: $from) }'],
  ['a subscription that its service refuses', 'subscription { refused }'],
] as const;

const operations: Scenario[] = [
  { name: 'a query gets one next, then complete', run: (client) => query(client), expected: answered },
  {
    name: 'a mutation runs over the socket',
    run(client) {
      client.send(subscribe('1', 'mutation Rename($name: String!) { rename(name: $name) { name } }', { name: 'Ada' }));
      return client.take(2);
    },
    expected: [next('1', { rename: { name: 'Ada' } }), complete('1')],
  },
  {
    name: 'a subscription gets next for each event, and complete when the service completes it',
    run(client) {
      client.send(subscribe('1', 'subscription { countdown(from: 2) }'));
      return client.take(3);
    },
    expected: [next('1', { countdown: 2 }), next('1', { countdown: 1 }), complete('1')],
  },
  {
    name: 'an error in a field is sent beside the data of the event',
    async run(client) {
      await startTicks(client, '1', '{ number broken }');
      numbers.tick();
      return (await client.next()).payload;
    },
    expected: { data: { ticks: { number: expect.any(Number), broken: null } }, errors: [badInput] },
  },
  ...invalidOperations.map(([what, text]) => ({
    name: `${what} is sent as error, which ends the operation and leaves the socket open`,
    async run(client: ProtocolClient) {
      client.send(subscribe('1', text));
      return [await client.next(), ...(await query(client, '1'))];
    },
    expected: [{ type: 'error', id: '1', payload: [badInput] }, ...answered],
  })),
  {
    name: 'an id that is in use closes with 4409, also a long one',
    run(client) {
      const id = '\u00e9'.repeat(200);
      return closeCode(client, subscribe(id, ticks()), subscribe(id, ticks()));
    },
    expected: 4409,
  },
  {
    name: 'ids are any text',
    run: async (client) => [...(await query(client, '__proto__')), ...(await query(client, ' \u{1f600}'))],
    expected: [...answeredAs('__proto__'), ...answeredAs(' \u{1f600}')],
  },
  {
    name: 'complete of the client ends the operation at the service, and nothing follows',
    async run(client) {
      await startTicks(client, '1');
      client.send({ type: 'complete', id: '1' });
      await untilTicks(0);
      numbers.tick();
      return client.within(100);
    },
    expected: [],
  },
  {
    name: 'complete before the result of a query cancels it, without waiting for the service',
    async run(client) {
      users.behavior = 'hang';
      const { requestCount, abortedCount } = users;
      client.send(subscribe('1', '{ me { id } }'));
      while (users.requestCount === requestCount) await wait(10);
      client.send({ type: 'complete', id: '1' });
      while (users.abortedCount === abortedCount) await wait(10);
      return query(client, '1');
    },
    expected: answered,
  },
  {
    name: 'an id can be used again at once after complete, while services are silent and while they send events',
    async run(client) {
      users.behavior = 'hang';
      for (const text of ['{ me { id } }', ticks(), '{ me { id } }', ticks()])
        client.send(subscribe('1', text), { type: 'complete', id: '1' });
      client.send(subscribe('1', ticks()));
      await untilTicks(1);
      numbers.tick();
      const received = [await client.next(), ...(await client.within(100))];
      client.send({ type: 'complete', id: '1' });
      await untilTicks(0);
      return received;
    },
    expected: [next('1', { ticks: { number: expect.any(Number) } })],
  },
  {
    name: 'concurrent operations share the socket',
    async run(client) {
      await startTicks(client, 'live');
      client.send(subscribe('1', '{ one }'), subscribe('2', '{ one }'), subscribe('3', '{ one }'));
      numbers.tick();
      const received = await client.take(7);
      return ['1', '2', '3', 'live'].map((id) => received.filter((message) => message.id === id));
    },
    expected: [
      ...['1', '2', '3'].map((id) => answeredAs(id)),
      [next('live', { ticks: { number: expect.any(Number) } })],
    ],
  },
];

const endings: Scenario[] = [
  {
    name: 'a client that drops the connection ends its operations at the service',
    async run(client) {
      await startTicks(client, '1');
      client.socket.terminate();
      await untilTicks(0);
      return numbers.openTicks();
    },
    expected: 0,
  },
  {
    name: 'the close frame of a client is answered, and ends its operations at the service',
    async run(client) {
      await startTicks(client, '1');
      client.socket.close(1000, 'done');
      await untilTicks(0);
      return (await client.closed)[0];
    },
    expected: 1000,
  },
  {
    name: 'a silent service: a query gets its other fields and an error after a timeout',
    async run(client) {
      users.behavior = 'hang';
      client.send(subscribe('1', '{ one me { id } }'));
      return (await client.take(2)).map(({ payload }) => payload);
    },
    expected: [{ data: { one: 1, me: null }, errors: [unavailable('users', ['me'])] }, undefined],
  },
  {
    name: 'a silent service: a subscription ends with an error after a timeout',
    async run(client) {
      proxy.freeze({ forGood: true });
      client.send(subscribe('1', ticks()));
      const end = await client.next();
      proxy.freeze();
      proxy.reset();
      return [end, ...(await query(client, '1'))];
    },
    expected: [{ type: 'error', id: '1', payload: [unavailable('numbers')] }, ...answered],
  },
  {
    name: 'a service that drops the connection',
    difference: 'does not end the operation: the gateway subscribes again from the last event',
    run: (client) => eventsAround(client, async () => proxy.reset()),
    expected: [1, 2],
  },
  {
    name: 'a service that sends a close frame',
    difference: 'does not end the operation: the gateway subscribes again from the last event',
    run: (client) =>
      eventsAround(client, async () => {
        await numbers.stop();
        await numbers.restart();
      }),
    expected: [1, 2],
  },
];

describe.each([
  ['connecting', connecting],
  ['messages', messages],
  ['operations', operations],
  ['endings', endings],
])('%s', (_, scenarios) => {
  test.each(scenarios.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (__, scenario) => {
    const client = await open();
    if (scenario.acknowledged ?? true) await acknowledge(client);
    expect(await scenario.run(client)).toEqual(scenario.expected);
  });
});

async function open(options?: ProtocolClientOptions): Promise<ProtocolClient> {
  const client = await openProtocolClient(gateway, options);
  clients.push(client);
  return client;
}

function ticks(selection = '{ number }'): string {
  return `subscription { ticks ${selection} }`;
}

async function startTicks(client: ProtocolClient, id: string, selection?: string): Promise<void> {
  client.send(subscribe(id, ticks(selection)));
  await untilTicks(1);
}

async function untilTicks(count: number): Promise<void> {
  while (numbers.openTicks() !== count) await wait(10);
}

/** The events that follow one before an interruption of the service, as distances from it. */
async function eventsAround(client: ProtocolClient, interrupt: () => Promise<void>): Promise<number[]> {
  await startTicks(client, '1');
  numbers.tick();
  const first = numberIn(await client.next());
  numbers.tick();
  await interrupt();
  numbers.tick();
  const following = [...(await client.take(2)), ...(await client.within(100))];
  return following.map((message) => numberIn(message) - first);
}
