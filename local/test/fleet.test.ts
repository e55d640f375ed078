import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { type LoadBalancer, openLoadBalancer } from '../src/fleet/load-balancer.js';
import { withAddedField } from '../src/rehearsal/added-field.js';
import { schemaChanges, supergraphAfter } from '../src/rehearsal/schema-changes.js';

describe('the balancer', () => {
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

  test('gives each connection to the next in turn', async () => {
    expect((await answers(4)).toSorted()).toEqual(['one', 'one', 'two', 'two']);
  });

  test('passes over who does not listen, and cuts clients off when nobody does', async () => {
    replicas[0]!.close();
    expect(await answers(3)).toEqual(['two', 'two', 'two']);
    replicas[1]!.close();
    expect(await answers(1)).toEqual(['']);
  });

  test('sends nothing new to who is dismissed, and leaves them what they have', async () => {
    const [client, said] = await connection();
    const [leaving, staying] = said === 'one' ? replicas : replicas.toReversed();
    balancer.removeReplica(portOf(leaving!));
    const other = said === 'one' ? 'two' : 'one';
    expect(await answers(3)).toEqual([other, other, other]);
    client.write('still there?');
    expect(String((await once(client, 'data'))[0])).toBe(said);
    balancer.removeReplica(portOf(staying!));
    expect(await answers(1)).toEqual(['']);
  });

  async function answers(count: number): Promise<string[]> {
    const said: string[] = [];
    for (let index = 0; index < count; index += 1) said.push((await connection())[1]);
    return said;
  }

  async function connection(): Promise<[Socket, string]> {
    const client = connect(balancer.port, '127.0.0.1').on('error', () => undefined);
    clients.push(client);
    const said = await Promise.race([once(client, 'data').then(String), once(client, 'close').then(() => '')]);
    return [client, said];
  }
});

describe('the newer build of a service', () => {
  test('adds its field to its type alone', () => {
    const changed = withAddedField('type Users { id: ID! }\ntype User\n  @key(fields: "id")\n{\n  id: ID!\n}', 'User');
    expect(changed).toBe('type Users { id: ID! }\ntype User\n  @key(fields: "id")\n{\n  build: String!\n  id: ID!\n}');
    expect(() => withAddedField('type Users { id: ID! }', 'User')).toThrow('no type User');
  });

  test('is in the supergraph once its service is deployed, and not before', async () => {
    const fields = async (count: number) => {
      const types = buildSchema(await supergraphAfter(schemaChanges.slice(0, count)), { assumeValid: true });
      return schemaChanges.map(({ type }) => 'build' in (types.getType(type) as { getFields(): object }).getFields());
    };
    expect(await fields(1)).toEqual([true, false, false, false]);
    expect(await fields(4)).toEqual([true, true, true, true]);
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
