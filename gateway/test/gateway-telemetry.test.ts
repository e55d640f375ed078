/** @alone: the telemetry SDK is global to the process. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/testkit/collector';
import { openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers, textFile } from './fixtures/sample-graph.js';
import { manifestOf, transports, sha256 } from './fixtures/transport-clients.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let posts: Subgraph;
let users: Subgraph;
let collector: Collector;

beforeAll(async () => {
  [posts, users, collector] = await Promise.all([openPosts(), openUsers(), openCollector()]);
});

afterAll(async () => {
  await Promise.all([posts.close(), users.close()]);
  collector.close();
});

test('records one trace for an operation over all its subgraphs, and counts their failures', async () => {
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  users.behavior = { status: 500, text: '' };
  await gateway.query('query Feed { posts { title author { name } } }', { 'x-secret': 'not-for-traces' });
  await gateway.close();
  const spans = collector.spans();
  const operation = spans.find(({ name }) => name === 'query Feed');
  expect(operation?.attributes).toContainEqual({ key: 'graphql.operation.name', value: { stringValue: 'Feed' } });
  expect(spans.filter(({ traceId }) => traceId === operation?.traceId).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['POST /graphql', 'query Feed', 'POST posts', 'POST users']),
  );
  expect(posts.received[0]?.headers['traceparent']).toContain(operation?.traceId);
  const failures = Object.entries(collector.metric('marquee.upstream.failures'));
  expect(failures.filter(([, count]) => count > 0)).toEqual([['status users', 1]]);
  expect(collector.text()).not.toContain('not-for-traces');
});

test('records no spans of an unsampled trace, and propagates it as unsampled', async () => {
  users.behavior = 'normal';
  posts.received.length = 0;
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await gateway.query('query Unseen { posts { title } }', { traceparent: `00-${traceId}-b7ad6b7169203331-00` });
  await gateway.close();
  expect(posts.received[0]?.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-(?!0{16})[0-9a-f]{16}-00$`));
  expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
});

test.each([
  ['is not sampled by the sampler of the gateway', 'parentbased_always_off', '00', 0],
  ['continues with the sampler of the gateway', 'parentbased_always_on', '01', 1],
])('a trace that a client marks as sampled %s', async (_, sampler, flag, count) => {
  users.behavior = 'normal';
  posts.received.length = 0;
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: sampler };
  const gateway = await openGateway([posts, users], variables);
  const traceId = `0af7651916cd43dd8448eb211c803${flag}f`;
  await gateway.query('query Forced { posts { title } }', { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await gateway.close();
  expect(posts.received[0]?.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${flag}$`));
  expect(collector.spans().filter((span) => span.traceId === traceId && span.name === 'query Forced')).toHaveLength(
    count,
  );
  expect(collector.spans().filter(({ name }) => name === 'sampling')).toEqual([]);
});

test('labels the first hundred operation names and all trusted documents, and groups the rest', async () => {
  users.behavior = 'normal';
  const trusted = 'query Registered { __typename }';
  const manifest = await textFile('manifest.json', manifestOf([trusted]));
  const variables = { TRUSTED_DOCUMENTS: 'on', TRUSTED_DOCUMENTS_FILE: manifest };
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...variables });
  for (let number = 1; number <= 120; number += 1) await gateway.query(`query Name${number} { __typename }`);
  for (const query of ['{ __typename }', trusted, 'query Name7 { posts { author { name } } }'])
    await gateway.query(query);
  users.behavior = { status: 500, text: '' };
  await gateway.query('query Name7 { posts { author { name } } }');
  await gateway.close();
  const counts = collector.metric('marquee.operation.duration');
  expect(counts).toMatchObject({
    'Name7 query ok': 2,
    'Name7 query partial': 1,
    'Name100 query ok': 1,
    'other query ok': 20,
    'anonymous query ok': 1,
    [`Registered query ${sha256(trusted)} ok`]: 1,
  });
  expect(Object.keys(counts)).toHaveLength(104);
});

test('counts rejected operations by code on every transport', async () => {
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const before = { ...rejections() };
  for (const send of [transports.POST, transports.GET, transports.SSE, transports.WS])
    await send(gateway.url, { query: '{ nonsense }' });
  await transports.APQ(gateway.url, { query: '{ nonsense }' });
  await gateway.close();
  expect(rejections()['BAD_USER_INPUT']).toBe((before['BAD_USER_INPUT'] ?? 0) + 5);
  expect(rejections()['PERSISTED_QUERY_NOT_FOUND']).toBe(1);
});

function rejections(): Record<string, number> {
  return collector.metric('marquee.guard.refusals');
}
