import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientUsage, readUsageReport } from '@marquee/chassis/graphql/usage-report';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import type { AdmittedOperation } from '../src/admission/admitted-operation.js';
import { UsageCounter } from '../src/usage/usage-counter.js';
import { bearer, openGateway } from './fixtures/gateway.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import { openS3Server } from './fixtures/s3-server.js';
import { openUsers, supergraphFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';
import { transports } from './fixtures/transport-clients.js';

let services: Subgraph[];
let issuer: Issuer;

beforeAll(async () => {
  [issuer, ...services] = await Promise.all([openIssuer(), openBooks(), openUsers()]);
});

afterAll(async () => {
  await Promise.all([issuer, ...services].map((service) => service.close()));
});

describe('a gateway with a registry for usage', () => {
  const named = (name: string, version?: string) => ({
    'apollographql-client-name': name,
    ...(version !== undefined && { 'apollographql-client-version': version }),
  });

  test('reports fields, arguments, enum values and input fields per client, over every transport', async () => {
    const registry = await mkdtemp(join(tmpdir(), 'marquee-usage-'));
    const gateway = await openGateway(services, { issuer, USAGE_REGISTRY: registry });
    const { POST, GET, SSE, WS } = transports;
    const query = 'query Titles($like: LikeInput) { books(like: $like, first: 2) { title } }';
    for (const send of [POST, GET, SSE, WS]) await send(gateway.url, { query, headers: named('web', '1.4.2') });
    const literal = '{ books(like: { kind: ESSAY }) { kind } } ';
    await POST(gateway.url, { query: literal, headers: { 'graphql-client-name': '@acme/app' } });
    await POST(gateway.url, { query: '{ books { id } }', headers: bearer(await issuer.machineToken('x')) });
    await POST(gateway.url, {
      query: '{ me { id } }',
      headers: { ...bearer(await issuer.userToken('ann')), ...named('web') },
    });
    await POST(gateway.url, { query: '{ missing }', headers: named('web', '1.4.2') });
    await gateway.close();
    const clients = await reportedIn(registry);
    expect(clients.map(({ uses: _, ...client }) => client)).toEqual([
      { graph: 'main', name: 'web', version: '1.4.2', operations: 4 },
      { graph: 'main', name: '@acme/app', operations: 1 },
      { graph: 'main', tokenClient: issuer.clientId, operations: 1 },
      { graph: 'main', name: 'web', tokenClient: issuer.clientId, operations: 1 },
    ]);
    expect(clients[0]?.uses).toEqual({
      ...{ Query: 4, 'Query.books': 4, 'Query.books.like': 4, 'Query.books.first': 4, Int: 4 },
      ...{ LikeInput: 4, 'LikeInput.kind': 4, 'LikeInput.title': 4, Kind: 4, 'Kind.NOVEL': 4, 'Kind.ESSAY': 4 },
      ...{ Book: 4, 'Book.title': 4, String: 4 },
    });
    expect(clients[1]?.uses).toMatchObject({ 'LikeInput.kind': 1, 'Book.kind': 1 });
    expect(clients[1]?.uses).not.toHaveProperty(['LikeInput.title']);
  });

  test('reports no name that may belong to a person, and nothing about callers or requests', async () => {
    const registry = await mkdtemp(join(tmpdir(), 'marquee-usage-'));
    const gateway = await openGateway(services, { issuer, USAGE_REGISTRY: registry });
    const names = [
      'ann@example.com',
      '+44 20 7946 0000',
      'app-5d2f9c1e-8a7b-4c3d-9e0f-1a2b3c4d5e6f',
      'x'.repeat(65),
      '',
    ];
    const headers = bearer(await issuer.userToken('secret-subject'));
    for (const name of names)
      await gateway.query('query Hidden($x: Int = 4711) { books(first: $x) { id } }', { ...headers, ...named(name) });
    await gateway.close();
    const [file = ''] = await readdir(join(registry, 'usage'));
    const text = await readFile(join(registry, 'usage', file), 'utf8');
    expect(await reportedIn(registry)).toMatchObject([{ tokenClient: issuer.clientId, operations: names.length }]);
    expect(text).not.toMatch(/ann@|7946|5d2f9c1e|xxxx|secret-subject|Hidden|4711/);
  });

  test('reports the use of a contract separately, while it runs, and again after a failed write', async () => {
    const s3 = await openS3Server();
    const gateway = await openGateway(services, {
      issuer,
      PARTNER_SUPERGRAPH: await supergraphFile(services),
      USAGE_REGISTRY: 's3://bucket/graphs',
      USAGE_SECONDS: '0.2',
      S3_ENDPOINT: s3.url,
    });
    s3.isDenying = true;
    const headers = { ...bearer(await issuer.machineToken('x')), ...named('partner-tool') };
    await transports.POST(`${gateway.url}/partner`, { query: '{ books { id } }', headers });
    while (s3.statuses.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    s3.isDenying = false;
    while (s3.objects.size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const [[key, text] = ['', '']] = [...s3.objects];
    expect(key).toMatch(/^\/bucket\/graphs\/usage\/\d{4}-\d\d-\d\dT\d\d-[0-9a-f-]{36}\.json$/);
    expect(readUsageReport(text).clients).toMatchObject([{ graph: 'partner', name: 'partner-tool', operations: 1 }]);
    await gateway.close();
    s3.close();
  });
});

describe('the counter of usage', () => {
  const schema = buildSchema('type Query { book(id: Int): Book } type Book { title: String pages: Int }');

  test('is bounded for any number of operations, names and versions, and counts them all', () => {
    const counter = new UsageCounter();
    const count = counter.countsOf('main');
    for (let number = 0; number < 20_000; number += 1) {
      const name = `app-${number % 5_000}`;
      count(operationOf(`{ book(id: ${number}) { title } }`, { name, version: String(number) }));
    }
    const clients = counter.take();
    expect(clients.length).toBeLessThanOrEqual(101);
    expect(clients.reduce((sum, { operations }) => sum + operations, 0)).toBe(20_000);
    expect(clients.reduce((sum, { uses }) => sum + (uses['Book.title'] ?? 0), 0)).toBe(20_000);
    expect(clients.flatMap(({ uses }) => Object.keys(uses))).not.toContain('Book.pages');
    expect(counter.take()).toEqual([]);
  });

  test('keeps clients with a token apart, whatever names guests invent', () => {
    const counter = new UsageCounter();
    const count = counter.countsOf('main');
    const caller = { kind: 'machine', clientId: 'ingest', scopes: [] } as const;
    for (let number = 0; number < 500; number += 1) count(operationOf('{ book { title } }', { name: `bot-${number}` }));
    count(operationOf('{ book { pages } }', { name: 'importer', version: '2' }, caller));
    const found = counter.take().find(({ tokenClient }) => tokenClient === 'ingest');
    expect(found).toMatchObject({ name: 'importer', version: '2', uses: { 'Book.pages': 1 } });
  });

  test('counts only the requested operation of a document', () => {
    const counter = new UsageCounter();
    const text = 'query A { ...F } query B { book { pages } } fragment F on Query { book { title } }';
    counter.countsOf('main')({ ...operationOf(text, undefined, { kind: 'guest' }, 'A') });
    expect(counter.take()).toMatchObject([{ uses: { 'Book.title': 1 } }]);
  });

  function operationOf(
    text: string,
    client?: { name: string; version?: string },
    caller: AdmittedOperation['context']['caller'] = { kind: 'guest' },
    operationName?: string,
  ): AdmittedOperation {
    const document = parse(text);
    const context = { caller, origin: { client: client && { version: undefined, ...client } } };
    const definition = getOperationAST(document, operationName);
    return { document, definition, operationName, context, graph: { schema } } as unknown as AdmittedOperation;
  }
});

async function reportedIn(registry: string): Promise<readonly ClientUsage[]> {
  const names = await readdir(join(registry, 'usage'));
  const texts = await Promise.all(names.map((name) => readFile(join(registry, 'usage', name), 'utf8')));
  return texts.flatMap((text) => readUsageReport(text).clients);
}

function openBooks(): Promise<Subgraph> {
  return openSubgraph({
    name: 'books',
    sdl: `
      type Query { books(first: Int, like: LikeInput): [Book] }
      type Book @key(fields: "id") { id: ID! title: String kind: Kind }
      enum Kind { NOVEL ESSAY }
      input LikeInput { title: String kind: Kind }
    `,
    resolvers: { Query: { books: () => [{ id: '1', title: 'Tide', kind: 'NOVEL' }] } },
  });
}
