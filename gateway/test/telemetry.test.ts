import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/graph.js';
import type { Subgraph } from './fixtures/subgraph.js';

let posts: Subgraph;
let users: Subgraph;
let collector: Server;
const exported: Record<string, string> = {};

beforeAll(async () => {
  [posts, users] = await Promise.all([openPosts(), openUsers()]);
  collector = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => {
      exported[request.url ?? ''] = (exported[request.url ?? ''] ?? '') + text;
    });
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await Promise.all([posts.close(), users.close()]);
  collector.closeAllConnections();
  collector.close();
});

test('an operation is one trace over its services, and failures of services are counted', async () => {
  const { port } = collector.address() as AddressInfo;
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  users.mood = { status: 500, text: '' };
  await gateway.ask('query Feed { posts { title author { name } } }', { 'x-secret': 'not-for-traces' });
  await gateway.close();
  const spans = spansOf(exported['/v1/traces'] ?? '');
  const operation = spans.find(({ name }) => name === 'graphql query');
  expect(operation?.attributes).toContainEqual({ key: 'graphql.operation.name', value: { stringValue: 'Feed' } });
  expect(spans.filter(({ traceId }) => traceId === operation?.traceId).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['POST /graphql', 'graphql query', 'POST posts', 'POST users']),
  );
  expect(posts.received[0]?.headers['traceparent']).toContain(operation?.traceId);
  expect(exported['/v1/metrics']).toContain('marquee.upstream.failures');
  expect(JSON.stringify(exported)).not.toContain('not-for-traces');
});

interface Span {
  name: string;
  traceId: string;
  attributes: unknown[];
}

function spansOf(text: string): Span[] {
  const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
