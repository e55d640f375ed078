import { createServer, type Server } from 'node:http';
import { mkdtemp, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { start } from '@marquee/chassis/process/run-service';
import { startVenues } from '@marquee/examples/apollo-server/apollo-subgraph';
import { startWeather } from '@marquee/examples/graphql-yoga/yoga-subgraph';
import { service as gatewayService } from '@marquee/gateway/service';
import { compose } from '@marquee/schema/compose';
import { conform, type ConformResult, describeResults } from '@marquee/schema/conform/conform';
import { servedSdl } from '@marquee/schema/registry/running-service';
import { subscribe } from '@marquee/testkit/subscribe';
import { testKeys } from '@marquee/testkit/test-keys';
import { post } from '@marquee/testkit/test-service';

let servers: Record<'venues' | 'weather', Server>;
let keyFile: string;

beforeAll(async () => {
  const { publicKeys, privateKey } = await testKeys();
  const keys = JSON.parse(publicKeys) as Parameters<typeof startVenues>[0];
  const [venues, weather] = await Promise.all([startVenues(keys, 0), startWeather(keys, 0)]);
  servers = { venues, weather };
  keyFile = join(await mkdtemp(join(tmpdir(), 'marquee-conform-')), 'signing-key.json');
  await writeFile(keyFile, privateKey);
});

afterAll(() => {
  for (const server of Object.values(servers)) shut(server);
});

describe('a subgraph of another team', () => {
  test.each(['venues', 'weather'] as const)('meets all requirements: %s', async (name) => {
    const { signer } = await testKeys();
    const results = await conform({ url: urlOf(servers[name]), name, signer });
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    expect(describeResults(failed)).toBe('');
    expect(results.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThanOrEqual(
      name === 'weather' ? 13 : 11,
    );
  });

  test('is composed from its own SDL, and served by the gateway with queries and live events', async () => {
    const ask = { 'signing-key': keyFile };
    const subgraphs = await Promise.all(
      Object.entries(servers).map(async ([name, server]) => {
        const url = urlOf(server);
        return { name, url, sdl: await servedSdl(name, url, ask) };
      }),
    );
    const supergraph = join(await mkdtemp(join(tmpdir(), 'marquee-conform-')), 'supergraph.graphql');
    await writeFile(supergraph, compose(subgraphs).supergraph);
    const gateway = await start(gatewayService, {
      ...{ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DRAIN_SECONDS: '1', DRAIN_DELAY_SECONDS: '0' },
      ...{ SUPERGRAPH: supergraph, CALLER_SIGNING_KEY: (await testKeys()).privateKey },
    });
    const url = `${gateway.url}/graphql`;
    const answer = await post(url, '{ venues { name seats } weather(place: "harbour") { celsius } }');
    expect([answer.data, answer.errors]).toEqual([
      {
        venues: [
          { name: 'Harbour Hall', seats: 420 },
          { name: 'The Cellar', seats: null },
        ],
        weather: { celsius: 17.5 },
      },
      [],
    ]);
    const events = subscribe({ url, query: 'subscription { weatherMeasured(place: "mountain") { celsius } }' });
    expect(await events.next()).toMatchObject({ data: { weatherMeasured: { celsius: -2 } } });
    await events.unsubscribe();
    await gateway.close();
  });

  test('is reported with the requirements that it does not meet', async () => {
    const server = await openCareless();
    const { signer } = await testKeys();
    const results = await conform({ url: urlOf(server), name: 'careless', signer });
    shut(server);
    expect(reasonsOf(results)).toEqual({
      'GET /health and GET /ready answer 200 without credentials': '/health: expected 200, got 404',
      'an invalid operation is answered with errors, not with a failure': expect.stringContaining('got 500'),
      'a body that is not JSON is answered with 4xx': 'expected 4xx, got 500',
      'errors contain no stack traces': expect.stringContaining('at Query'),
      'a request without a signed caller is answered with 401': 'expected 401, got 200',
      'a caller signed for another service, or with another key, is answered with 401': 'expected 401, got 200',
      'references to entities that do not exist are answered one by one': expect.stringContaining('got 500'),
      'a WebSocket at the same path acknowledges the connection and answers pings':
        expect.stringContaining('open socket'),
      'an invalid subscription ends with an error, and the socket stays open': expect.stringContaining('open socket'),
      '@resumable names an optional argument, and a field of the event': 'Subscription.ticks has no argument "after"',
    });
  });

  test('is reported as a whole if it does not return its SDL', async () => {
    const results = await conform({ url: urlOf(servers.venues), name: 'venues' });
    expect(describeResults(results)).toMatch(
      /^FAILED {3}it answers .* status 401 .*--signing-key signs the request\n$/,
    );
  });
});

const carelessSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
    @link(url: "https://marquee.example/live/v1.0", import: ["@resumable"])
    @composeDirective(name: "@resumable")
  directive @resumable(argument: String!, cursor: String!) on FIELD_DEFINITION
  type Query { tick: Tick }
  type Tick @key(fields: "id") { id: ID! }
  type Subscription { ticks: Tick @resumable(argument: "after", cursor: "id") }
`;

/** A server that answers two queries, fails for all others, and checks no caller. */
async function openCareless(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') response.writeHead(404).end('{}');
      else if (body.includes('_service')) response.end(JSON.stringify({ data: { _service: { sdl: carelessSdl } } }));
      else if (body.includes('__typename }"')) response.end('{"data":{"__typename":"Query"}}');
      else
        response.writeHead(500).end(JSON.stringify({ errors: [{ message: 'Boom\n    at Query.tick (index.js:3)' }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function shut(server: Server): void {
  server.closeAllConnections();
  server.close();
}

function reasonsOf(results: readonly ConformResult[]): Record<string, string | undefined> {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  return Object.fromEntries(failed.map(({ title, reason }) => [title, reason]));
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
