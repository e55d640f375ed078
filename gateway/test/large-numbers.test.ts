import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '@marquee/testkit/ports';
import { WebSocket, WebSocketServer } from 'ws';
import { type Gateway, openGateway } from './fixtures/gateway.js';

const large = '9007199254740993';
const decimal = '0.12345678901234567890';
const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const ledgerSdl = `${federation}
  scalar BigInt
  type Query { entry(id: ID, amount: BigInt, rate: Float, where: Where, label: String): Entry }
  type Subscription { booked: Entry! }
  input Where { id: ID amounts: [BigInt!] }
  type Entry @key(fields: "id") { id: ID! amount: BigInt rate: Float balance: BigInt }`;
const notesSdl = `${federation}
  type Entry @key(fields: "id") { id: ID! note: String }`;

let ledger: Server;
let notes: Server;
let gateway: Gateway;
/** The bodies that each subgraph received. */
const received: { ledger: string[]; notes: string[] } = { ledger: [], notes: [] };

beforeAll(async () => {
  const ports = [await freePort(), await freePort()] as const;
  const entry = `{"__typename":"Entry","id":${large},"amount":${large},"rate":${decimal},"balance":-1${large}}`;
  ledger = await openFixedSubgraph(ports[0], received.ledger, `{"data":{"entry":${entry}}}`);
  notes = await openFixedSubgraph(ports[1], received.notes, '{"data":{"_entities":[{"note":"a note"}]}}');
  serveEvents(ledger, `{"data":{"booked":${entry}}}`);
  gateway = await openGateway([
    { name: 'ledger', url: `http://127.0.0.1:${ports[0]}/graphql`, sdl: ledgerSdl },
    { name: 'notes', url: `http://127.0.0.1:${ports[1]}/graphql`, sdl: notesSdl },
  ]);
});

afterAll(async () => {
  await gateway.close();
  for (const server of [ledger, notes]) server.close().closeAllConnections();
});

beforeEach(() => {
  for (const bodies of Object.values(received)) bodies.length = 0;
});

test('numbers of a response arrive digit by digit; an ID is a string, a Float a number', async () => {
  const body = await post({ query: '{ entry { id amount rate balance } }' });
  expect(body).toBe(
    `{"data":{"entry":{"id":"${large}","amount":${large},"rate":${Number(decimal)},"balance":-1${large}}}}`,
  );
});

test('a key is sent on as the subgraph sent it', async () => {
  expect(await post({ query: '{ entry { note } }' })).toBe('{"data":{"entry":{"note":"a note"}}}');
  expect(received.notes).toEqual([expect.stringContaining(`{"__typename":"Entry","id":${large}}`)]);
});

test('numbers of variables arrive digit by digit; an ID as a string', async () => {
  const query =
    'query($id: ID, $amount: BigInt, $rate: Float, $where: Where) { entry(id: $id, amount: $amount, rate: $rate, where: $where) { rate } }';
  const variables = `{"id":${large},"amount":${large},"rate":${decimal},"where":{"id":${large},"amounts":[1,${large}]}}`;
  await post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);
  const [body] = received.ledger;
  expect(body).toContain(
    `"variables":{"id":"${large}","amount":${large},"rate":${Number(decimal)},"where":{"id":"${large}","amounts":[1,${large}]}}`,
  );
});

test('a variable of the wrong type is refused', async () => {
  const query = 'query($label: String) { entry(label: $label) { rate } }';
  const body = await post(`{"query":${JSON.stringify(query)},"variables":{"label":${large}}}`);
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(body).toContain('String cannot represent a non string value');
});

test('literals arrive digit by digit', async () => {
  await post({
    query: `{ entry(id: ${large}, amount: ${large}, where: { id: ${large}, amounts: [${large}] }) { rate } }`,
  });
  const { query } = JSON.parse(received.ledger[0] ?? '{}') as { query: string };
  expect(query).toContain(`(id:${large} amount:${large} where:{id:${large} amounts:[${large}]})`);
});

test('variables of a GET request arrive digit by digit', async () => {
  const url = new URL('/graphql', gateway.url);
  url.searchParams.set('query', 'query($amount: BigInt) { entry(amount: $amount) { amount } }');
  url.searchParams.set('variables', `{"amount":${large}}`);
  const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
  expect(await response.text()).toContain(`{"data":{"entry":{"amount":${large}}}}`);
  expect(received.ledger).toEqual([expect.stringContaining(`"variables":{"amount":${large}}`)]);
});

test('events over a WebSocket and over server-sent events arrive digit by digit', async () => {
  const query = 'subscription { booked { id amount } }';
  const event = `{"data":{"booked":{"id":"${large}","amount":${large}}}}`;
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: string[] = [];
  socket.on('message', (data: Buffer) => messages.push(data.toString()));
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  await once(socket, 'message');
  expect(messages[1]).toContain(`"payload":${event}`);
  socket.close();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  expect(await response.text()).toContain(`data: ${event}\n`);
});

async function post(body: string | { query: string }): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return response.text();
}

/** A subgraph with one response, so that it sends exactly this text. */
async function openFixedSubgraph(port: number, bodies: string[], response: string): Promise<Server> {
  const server = createServer((request, reply) => {
    void text(request).then((body) => {
      bodies.push(body);
      reply.setHeader('content-type', 'application/json').end(response);
    });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}

/** Sends one event to each subscription and completes it. */
function serveEvents(server: Server, event: string): void {
  new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { type, id } = JSON.parse(data.toString()) as { type: string; id?: string };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'ping') socket.send('{"type":"pong"}');
      if (type !== 'subscribe') return;
      socket.send(`{"id":${JSON.stringify(id)},"type":"next","payload":${event}}`);
      socket.send(`{"id":${JSON.stringify(id)},"type":"complete"}`);
    });
  });
}
