import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { isLoopbackAddress, isPublicAddress } from '@marquee/chassis/http/public-address';
import { createPublicClient } from '@marquee/chassis/http/public-client';

test.each(['1.1.1.1', '8.8.8.8', '100.128.0.1', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
  '%s is a public address',
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8'],
  ...['192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
  ],
  ...['fec0::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:a00:1::1', '3fff::1', '100::1', 'localhost', ''],
])('%s is no public address', (address) => expect(isPublicAddress(address)).toBe(false));

test.each(['127.0.0.1', '127.9.9.9', '::1'])('%s is an address of this machine', (address) =>
  expect([isLoopbackAddress(address), isLoopbackAddress('128.0.0.1')]).toEqual([true, false]),
);

test.each(['http://localhost', 'http://127.0.0.1', 'http://[::1]', 'http://2130706433', 'http://10.0.0.1'])(
  'connects to no address behind %s',
  async (url) => {
    const client = createPublicClient({ timeoutMs: 30_000, connections: 1 });
    const target = await openTarget(() => 204);
    const address = new URL(`${url}:${target.port}/`);
    await expect(client.check(address)).rejects.toMatchObject({ code: 'EPRIVATE' });
    await expect(client.post(address, { headers: {}, body: '{}' })).rejects.toMatchObject({ code: 'EPRIVATE' });
    expect(target.requests).toEqual([]);
    await client.close();
    target.close();
  },
);

test('reads a bounded part of an answer, and gives up one that does not end', async () => {
  const client = createPublicClient({ allowLoopback: true, timeoutMs: 30_000, connections: 1 });
  const target = await openTarget((path) => (path === '/endless' ? 'endless' : 200));
  const post = (path: string) =>
    client.post(new URL(`http://127.0.0.1:${target.port}${path}`), { headers: {}, body: '{}' });
  expect(await post('/endless')).toBe(200);
  expect(await post('/next')).toBe(200);
  expect(target.requests).toEqual(['/endless', '/next']);
  await client.close();
  target.close();
});

/** A server that answers with a status, or with a body without an end. */
async function openTarget(answer: (path: string) => number | 'endless') {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    request.resume();
    const status = answer(path);
    if (status !== 'endless') return void response.writeHead(status).end();
    response.writeHead(200);
    const writing = setInterval(() => response.write('x'.repeat(1024)), 1);
    response.on('close', () => clearInterval(writing));
  });
  await once(server.listen(0), 'listening');
  return {
    requests,
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
