import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type NameServer, openNameServer } from '@marquee/testkit/name-server';
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
    await expect(client.check(address, 'ada')).rejects.toMatchObject({ code: 'EPRIVATE' });
    await expect(client.post(address, { ...request, owner: 'ada' })).rejects.toMatchObject({ code: 'EPRIVATE' });
    expect(target.requests).toEqual([]);
    await client.close();
    target.close();
  },
);

test('reads a bounded part of an answer, and gives up one that does not end', async () => {
  const client = createPublicClient({ allowLoopback: true, timeoutMs: 30_000, connections: 1 });
  const target = await openTarget((path) => (path === '/endless' ? 'endless' : 200));
  const post = (path: string) =>
    client.post(new URL(`http://127.0.0.1:${target.port}${path}`), { ...request, owner: 'ada' });
  expect(await post('/endless')).toBe(200);
  expect(await post('/next')).toBe(200);
  expect(target.requests).toEqual(['/endless', '/next']);
  await client.close();
  target.close();
});

describe('the names of hosts', () => {
  /** Names to which no name server answers. */
  const isSilent = (name: string) => name.endsWith('.silent.test');
  let nameServer: NameServer;
  let addresses: Record<string, string[]>;
  let target: Awaited<ReturnType<typeof openTarget>>;
  beforeAll(async () => {
    nameServer = await openNameServer((name) => (isSilent(name) ? null : (addresses[name] ?? [])));
    target = await openTarget(() => 204);
  });
  beforeEach(() => {
    addresses = { 'here.test': ['127.0.0.1'] };
    nameServer.names.length = 0;
  });
  afterAll(() => {
    nameServer.close();
    target.close();
  });

  const open = (allowLoopback = true) =>
    createPublicClient({ allowLoopback, timeoutMs: 60_000, connections: 1, nameServers: [nameServer.address] });
  const here = () => new URL(`http://here.test:${target.port}/`);

  test('are looked up once for a connection, which goes to the checked address', async () => {
    const client = open();
    expect(await client.post(here(), { ...request, owner: 'ada' })).toBe(204);
    expect(nameServer.names).toEqual(['here.test']);
    await client.close();
  });

  test('are checked for each connection: one that has changed reaches nothing', async () => {
    const client = open(false);
    addresses['here.test'] = ['1.1.1.1'];
    await client.check(here(), 'ada');
    for (const changed of [['127.0.0.1'], ['1.1.1.1', '10.0.0.1'], []]) {
      addresses['here.test'] = changed;
      await expect(client.post(here(), { ...request, owner: 'ada' })).rejects.toMatchObject({ code: 'EPRIVATE' });
    }
    await client.close();
  });

  test('occupy no thread and delay no other owner while name servers are silent', async () => {
    const client = open();
    let ended = 0;
    const endings = silentHosts(10).map((url) =>
      client.check(url, 'ada').catch(({ code }: { code: string }) => (ended++, code)),
    );
    await until(() => askedSilent().size >= 8);
    // `getaddrinfo` would occupy threads that files and cryptography need.
    expect(process.getActiveResourcesInfo()).not.toContain('GetAddrInfoReqWrap');
    expect(await client.post(here(), { ...request, owner: 'ben' })).toBe(204);
    await until(() => askedSilent().size > 8);
    expect(ended).toBeGreaterThan(0);
    expect(await Promise.all(endings)).toEqual(endings.map(() => 'ENAMESERVER'));
    await client.close();
  });

  test('of one owner are limited, and one name is looked up once at a time', async () => {
    const client = open();
    const check = (url: URL) => client.check(url, 'ada').catch(({ code }: { code: string }) => code);
    const allowed = silentHosts(40).flatMap((url) => [check(url), check(url)]);
    expect(await check(new URL('http://further.silent.test/'))).toBe('ETOOMANYLOOKUPS');
    expect(await client.post(here(), { ...request, owner: 'ben' })).toBe(204);
    await client.close();
    expect(await Promise.all(allowed)).toEqual(allowed.map(() => 'ENAMESERVER'));
  });

  function askedSilent(): Set<string> {
    return new Set(nameServer.names.filter(isSilent));
  }

  function silentHosts(count: number): URL[] {
    return Array.from({ length: count }, (_, index) => new URL(`http://host-${index}.silent.test/`));
  }
});

const request = { headers: {}, body: '{}' };

/** Waits until it holds, at most 60 s. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !holds(); await wait(10))
    if (Date.now() > deadline) throw new Error('It does not hold within 60 s.');
}

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
