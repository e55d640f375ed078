import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openUsers, type StoredUser } from '../fixtures/sample-graph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const stored = new Map<string, StoredUser>();
const subs = Array.from({ length: 200 }, (_, index) => `person-${index}`);

let issuer: Issuer;
let users: Subgraph;
let gateway: Gateway;
let sockets: WebSocket[];

beforeAll(async () => {
  [users, issuer] = await Promise.all([openUsers(stored), openIssuer()]);
  const settings = { PRINCIPAL_SECONDS: '0.5', LIVE_REVALIDATE_SECONDS: '0.5', LIVE_SOCKETS_PER_ADDRESS: '1000' };
  gateway = await openGateway([users], { issuer, ...settings });
  sockets = await Promise.all(subs.map(connect));
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await gateway.close();
  await Promise.all([users.close(), issuer.close()]);
});

test('the callers of 200 sockets are looked up again with few requests', async () => {
  users.received = [];
  while (lookedUp(users).length < 3 * subs.length) await wait(50);
  expect(new Set(lookedUp(users))).toEqual(new Set(subs));
  expect(lookedUp(users).length / users.received.length).toBeGreaterThan(10);
});

test('the socket of a deactivated person closes, and no other', async () => {
  const closed = once(sockets[7]!, 'close');
  stored.get(subs[7]!)!.isActive = false;
  expect((await closed)[0]).toBe(4401);
  users.received = [];
  while (lookedUp(users).length < 2 * subs.length) await wait(50);
  expect(sockets.filter(({ readyState }) => readyState === WebSocket.OPEN)).toHaveLength(subs.length - 1);
});

/** The subjects of all lookups, once for each request. */
function lookedUp({ received }: Subgraph): unknown[] {
  return received.flatMap(({ variables }) => [
    ...new Set(Object.keys(variables).flatMap((name) => (name.startsWith('sub') ? [variables[name]] : []))),
  ]);
}

async function connect(sub: string): Promise<WebSocket> {
  const payload = bearer(await issuer.userToken(sub));
  const socket = new WebSocket(gateway.url.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
  socket.on('error', () => undefined);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(message.toString())).toEqual({ type: 'connection_ack' });
  return socket;
}
