/** @alone: what measures belongs to the process. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/testkit/collector';
import { openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers, textFile } from './fixtures/sample-graph.js';
import { manifestOf, transports, sha256 } from './fixtures/transports.js';
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

test('an operation is one trace over its services, and failures of services are counted', async () => {
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

test('a trace that its sender leaves out has no spans here, and goes on to the services as left out', async () => {
  users.behavior = 'well';
  posts.received.length = 0;
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await gateway.query('query Unseen { posts { title } }', { traceparent: `00-${traceId}-b7ad6b7169203331-00` });
  await gateway.close();
  expect(posts.received[0]?.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-(?!0{16})[0-9a-f]{16}-00$`));
  expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
});

test('operations are told apart by name, however many names clients make up, and trusted ones always are', async () => {
  users.behavior = 'well';
  const trusted = 'query Registered { __typename }';
  const manifest = await textFile('manifest.json', manifestOf([trusted]));
  const variables = { TRUSTED_DOCUMENTS: 'on', TRUSTED_DOCUMENTS_FILE: manifest };
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...variables });
  for (let number = 1; number <= 120; number += 1) await gateway.query(`query Made${number} { __typename }`);
  for (const query of ['{ __typename }', trusted, 'query Made7 { posts { author { name } } }'])
    await gateway.query(query);
  users.behavior = { status: 500, text: '' };
  await gateway.query('query Made7 { posts { author { name } } }');
  await gateway.close();
  const counts = collector.metric('marquee.operation.duration');
  expect(counts).toMatchObject({
    'Made7 query ok': 2,
    'Made7 query partial': 1,
    'Made100 query ok': 1,
    'other query ok': 20,
    'anonymous query ok': 1,
    [`${sha256(trusted)} Registered query ok`]: 1,
  });
  expect(Object.keys(counts)).toHaveLength(104);
});

test('what the guard refuses is counted by its code, whichever road it came on', async () => {
  const gateway = await openGateway([posts, users], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const before = { ...refusals() };
  for (const road of [transports.POST, transports.GET, transports.SSE, transports.WS])
    await road(gateway.url, { query: '{ nonsense }' });
  await transports.APQ(gateway.url, { query: '{ nonsense }' });
  await gateway.close();
  expect(refusals()['BAD_USER_INPUT']).toBe((before['BAD_USER_INPUT'] ?? 0) + 5);
  expect(refusals()['PERSISTED_QUERY_NOT_FOUND']).toBe(1);
});

function refusals(): Record<string, number> {
  return collector.metric('marquee.guard.refusals');
}
