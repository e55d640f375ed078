import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { connectionDirective } from '@marquee/chassis/graphql/subgraph-schema';
import { WebSocket } from 'ws';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openSubgraph, type Subgraph } from '../fixtures/test-subgraph.js';

let people: Subgraph;
let signals: Subgraph;
let gateway: Gateway;
/** The hands that are raised, and how many are lowered at the same moment, at most. */
const raised = new Set<string>();
let lowering = { now: 0, most: 0 };

beforeAll(async () => {
  [people, signals] = await Promise.all([openPeople(), openSignals()]);
  gateway = await openGateway([people, signals], { DEV_IDENTITY: 'true' });
});
beforeEach(() => {
  lowering = { now: 0, most: 0 };
  for (const { received } of [people, signals]) received.length = 0;
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([people.close(), signals.close()]);
});

function openSignals(): Promise<Subgraph> {
  return openSubgraph({
    name: 'signals',
    sdl: `${connectionDirective}
      type Query { signals: Int }
      type Mutation { raise(hand: String!, up: Boolean!): Hand @whileConnected(argument: "up", seconds: 60) count: Int }
      type Hand { owner: User }
      type User @key(fields: "id") { id: ID! }`,
    resolvers: { Mutation: { raise, count: () => raised.size }, Hand: { owner: () => ({ id: '7' }) } },
  });
}

async function raise(_: unknown, { hand, up }: { hand: string; up: boolean }): Promise<object> {
  if (up) return raised.add(hand);
  lowering.now += 1;
  lowering.most = Math.max(lowering.most, lowering.now);
  await wait(20);
  lowering.now -= 1;
  raised.delete(hand);
  return {};
}

test('only the service whose mutation needs it receives the id of the connection', async () => {
  const socket = await openSocket();
  await run(socket, 'mutation { raise(hand: "left", up: true) { owner { name } } }');
  await run(socket, 'mutation { count }');
  expect(signals.received.map(({ headers }) => headers['x-marquee-connection'])).toEqual([
    expect.any(String),
    undefined,
  ]);
  expect(people.received.length).toBeGreaterThan(0);
  expect(people.received.map(({ headers }) => headers['x-marquee-connection'])).not.toContainEqual(expect.any(String));
  const [{ headers }] = signals.received as [Subgraph['received'][number]];
  socket.terminate();
  while (raised.size > 0) await wait(10);
  expect(signals.received.at(-1)?.headers['x-marquee-connection']).toBe(headers['x-marquee-connection']);
});

test('the effects of many sockets that close together are undone, some at a time', async () => {
  const sockets = await Promise.all(Array.from({ length: 60 }, openSocket));
  const hands = sockets.map((socket, index) =>
    run(socket, `mutation { raise(hand: "${index}", up: true) { __typename } }`),
  );
  await Promise.all(hands);
  expect(raised.size).toBe(60);
  for (const socket of sockets) socket.terminate();
  while (raised.size > 0) await wait(10);
  expect(lowering.most).toBeLessThanOrEqual(16);
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

/** Resolves once an operation is complete. */
function run(socket: WebSocket, query: string): Promise<void> {
  return new Promise((resolve) => {
    socket.on('message', function onMessage(data: Buffer) {
      if ((JSON.parse(data.toString()) as { type: string }).type !== 'complete') return;
      socket.off('message', onMessage);
      resolve();
    });
    socket.send(JSON.stringify({ type: 'subscribe', id: query, payload: { query } }));
  });
}
