import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { ConnectionLimits } from '@marquee/chassis/http/connection-limits';
import { networkOf } from '@marquee/chassis/http/client-network';
import { type HttpServer, openHttpServer } from '@marquee/chassis/http/http-server';
import { openLog } from '@marquee/chassis/telemetry/log';

let server: HttpServer;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close(0);
});

test('limits the connections of one address, and rejects further ones with 429', async () => {
  await listen({ perAddress: 2 });
  const [first] = [await open(), await open()];
  expect(await said(await open())).toMatch(/^HTTP\/1.1 429 /);
  first.destroy();
  expect(await served()).toBe(true);
});

test('limits the connections of all addresses, and drops further ones', async () => {
  await listen({ perAddress: 5, total: 2 });
  const [first] = [await open(), await open()];
  expect(await said(await open())).toBe('');
  first.destroy();
  expect(await served()).toBe(true);
});

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['10.0.0.1:5678', '10.0.0.1'],
  ['[2001:db8:1:2::9]:5678', '2001:db8:1:2'],
  ['[2001:db8:1:2::9]', '2001:db8:1:2'],
  ['"[2001:db8:1:2::9]:5678"', '2001:db8:1:2'],
  ['[::ffff:10.0.0.1]:5678', '10.0.0.1'],
  ['::ffff:a00:1', '10.0.0.1'],
  ['0:0:0:0:0:FFFF:10.0.0.1', '10.0.0.1'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['64:ff9b::10.0.0.1', '64:ff9b:0:0'],
  ['Unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

async function listen(connectionLimits: ConnectionLimits): Promise<void> {
  const log = openLog('test', '0', 'silent');
  const routes = { '/': (_: unknown, response: { end(text: string): unknown }) => void response.end('here') };
  server = await openHttpServer({ host: '127.0.0.1', port: 0, routes, connectionLimits, log });
}

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Reads from a connection until the server closes it. */
async function said(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  await once(socket, 'close');
  return text;
}

/** Retries a request until a connection is accepted. */
async function served(): Promise<boolean> {
  for (;;) {
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    if ((await said(socket)).includes('here')) return true;
  }
}
