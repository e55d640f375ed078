import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import { buildSchema } from 'graphql';
import { temporaryDirectory } from '../src/fleet/fleet-directory.js';
import { type LoadBalancer, openLoadBalancer } from '../src/fleet/load-balancer.js';
import { withAddedField } from '../src/rehearsal/added-field.js';
import { committedSubgraph, openPublishedGraph } from '../src/rehearsal/published-graph.js';
import { newerSdl, schemaChanges } from '../src/rehearsal/schema-changes.js';

describe('the load balancer', () => {
  let balancer: LoadBalancer;
  let replicas: Server[];
  const clients: Socket[] = [];

  beforeEach(async () => {
    balancer = await openLoadBalancer();
    replicas = await Promise.all(['one', 'two'].map(replica));
    for (const server of replicas) balancer.addReplica(portOf(server));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await balancer.close();
    for (const server of replicas) server.close();
  });

  test('distributes connections round-robin', async () => {
    expect((await namesOfConnections(4)).toSorted()).toEqual(['one', 'one', 'two', 'two']);
  });

  test('skips replicas that refuse connections, and closes clients when none is available', async () => {
    replicas[0]!.close();
    expect(await namesOfConnections(3)).toEqual(['two', 'two', 'two']);
    replicas[1]!.close();
    expect(await namesOfConnections(1)).toEqual(['']);
  });

  test('sends no new connections to a removed replica and keeps its existing ones', async () => {
    const [client, name] = await connection();
    const [removed, remaining] = name === 'one' ? replicas : replicas.toReversed();
    balancer.removeReplica(portOf(removed!));
    const other = name === 'one' ? 'two' : 'one';
    expect(await namesOfConnections(3)).toEqual([other, other, other]);
    client.write('still there?');
    expect(String((await once(client, 'data'))[0])).toBe(name);
    balancer.removeReplica(portOf(remaining!));
    expect(await namesOfConnections(1)).toEqual(['']);
  });

  async function namesOfConnections(count: number): Promise<string[]> {
    const name: string[] = [];
    for (let index = 0; index < count; index += 1) name.push((await connection())[1]);
    return name;
  }

  async function connection(): Promise<[Socket, string]> {
    const client = connect(balancer.port, '127.0.0.1').on('error', () => undefined);
    clients.push(client);
    const name = await Promise.race([once(client, 'data').then(String), once(client, 'close').then(() => '')]);
    return [client, name];
  }
});

describe('the faulty network', () => {
  let service: Server;
  let proxy: TcpProxy;
  let client: Socket;
  const received: string[] = [];

  beforeEach(async () => {
    service = await replica('ready;');
    proxy = await openTcpProxy(`tcp://127.0.0.1:${portOf(service)}`);
    client = connect(Number(new URL(proxy.url).port), '127.0.0.1').on('error', () => undefined);
    received.length = 0;
    client.on('data', (bytes) => received.push(String(bytes)));
    await once(client, 'data');
  });
  afterEach(() => {
    client.destroy();
    proxy.close();
    service.close();
  });

  test('delivers answers that it held back, in order', async () => {
    proxy.stall();
    client.write('one');
    await wait(100);
    expect(received.join('')).toBe('ready;');
    proxy.forward();
    await once(client, 'data');
    expect(received.join('')).toBe('ready;ready;');
  });

  test('delays answers', async () => {
    const started = performance.now();
    proxy.delay(200);
    client.write('one');
    await once(client, 'data');
    expect(performance.now() - started).toBeGreaterThan(190);
  });

  test('resets connections and refuses new ones until it accepts them again', async () => {
    const closed = new Promise((resolve) => client.once('close', resolve));
    await proxy.refuse();
    await closed;
    const port = Number(new URL(proxy.url).port);
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.accept();
    client = connect(port, '127.0.0.1');
    expect(String((await once(client, 'data'))[0])).toBe('ready;');
  });
});

describe('the newer build of a service', () => {
  test('adds the field to its type only', () => {
    const changed = withAddedField('type Users { id: ID! }\ntype User\n  @key(fields: "id")\n{\n  id: ID!\n}', 'User');
    expect(changed).toBe('type Users { id: ID! }\ntype User\n  @key(fields: "id")\n{\n  build: String!\n  id: ID!\n}');
    expect(withAddedField('type Show @cacheTag(format: "show-{$key.id}") {\n  id: ID!\n}', 'Show')).toBe(
      'type Show @cacheTag(format: "show-{$key.id}") {\n  build: String!\n  id: ID!\n}',
    );
    expect(() => withAddedField('type Users { id: ID! }', 'User')).toThrow('no type User');
  });

  test('appears in the supergraph once it is published, and disappears with a removal and a rollback', async () => {
    const closers = new Closers();
    let supergraph = '';
    const graph = await openPublishedGraph(await temporaryDirectory(closers), async (sdl) => void (supergraph = sdl));
    const fields = () => {
      const types = buildSchema(supergraph, { assumeValid: true });
      return schemaChanges.map(({ type }) => 'build' in (types.getType(type) as { getFields(): object }).getFields());
    };
    for (const change of schemaChanges) await graph.publish(change.service, await newerSdl(change));
    expect(fields()).toEqual([true, true, true, true]);
    const { sdl } = await committedSubgraph('messaging');
    await graph.publishRemovals('messaging', sdl);
    expect(fields()).toEqual([true, true, false, true]);
    const former = graph.version();
    await graph.publish('messaging', await newerSdl(schemaChanges[2]!));
    await graph.restore('messaging', former);
    expect([fields(), graph.version()]).toEqual([[true, true, false, true], former + 2]);
    await closers.close();
  });
});

async function replica(name: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.write(name));
    socket.write(name);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
