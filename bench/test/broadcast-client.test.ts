import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { BroadcastClient } from '../src/crowd/broadcast-client.js';

let server: WebSocketServer;
let client: BroadcastClient;
let faults: string[];
let mayReconnect: boolean;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  await once(server, 'listening');
  [faults, mayReconnect] = [[], false];
  client = new BroadcastClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    localAddress: '127.0.0.1',
    token: null,
    mayReconnect: () => mayReconnect,
    onFault: (fault) => faults.push(fault),
  });
});

afterEach(() => {
  client.close();
  server.close();
});

test.each([
  ['no fault for changes in order', [3, 4, 5], []],
  ['a doubled change', [3, 4, 4], ['change 4 after change 4']],
  ['a missing change', [3, 5], ['change 5 after change 3']],
])('reports %s', async (_, changes, expected) => {
  const { socket } = await subscribe();
  for (const change of changes) socket.send(eventOf(change));
  await untilReceived(changes.at(-1));
  expect(faults).toEqual(expected);
});

test('reports an event with errors', async () => {
  const { socket } = await subscribe();
  socket.send('{"type":"next","id":"changed","payload":{"data":null,"errors":[{"message":"down"}]}}');
  while (faults.length === 0) await wait(5);
  expect(faults[0]).toContain('down');
});

test('reports a lost socket unless it may reconnect', async () => {
  const { socket } = await subscribe();
  socket.terminate();
  while (faults.length === 0) await wait(5);
  expect(faults).toEqual(['closed: 1006 ']);
});

test('subscribes after the last event when it has connected again', async () => {
  mayReconnect = true;
  const { socket } = await subscribe();
  socket.send(eventOf(7));
  await untilReceived(7);
  const again = nextSubscription();
  socket.terminate();
  expect((await again).variables).toEqual({ after: 7 });
  expect(faults).toEqual([]);
});

interface Subscription {
  socket: WebSocket;
  variables: object;
}

async function subscribe(): Promise<Subscription> {
  const subscription = nextSubscription();
  await client.connect();
  client.subscribe();
  return subscription;
}

/** Acknowledges the next socket and resolves with its subscription. */
function nextSubscription(): Promise<Subscription> {
  return new Promise((resolve) => {
    server.once('connection', (socket: WebSocket) =>
      socket.on('message', (data: Buffer) => {
        const { type, payload } = JSON.parse(data.toString()) as { type: string; payload: { variables: object } };
        if (type === 'subscribe') resolve({ socket, variables: payload.variables });
        else socket.send('{"type":"connection_ack"}');
      }),
    );
  });
}

function eventOf(change: number): string {
  const showChanged = { title: `Change ${change}`, changeCursor: change, addedBy: { displayName: 'Ines Falk' } };
  return JSON.stringify({ type: 'next', id: 'changed', payload: { data: { showChanged } } });
}

async function untilReceived(change: number | undefined): Promise<void> {
  while (client.lastChange !== change) await wait(5);
}
