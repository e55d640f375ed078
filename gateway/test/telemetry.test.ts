/** @alone: what measures belongs to the process. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/chassis/testkit/collector';
import { openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/graph.js';
import type { Subgraph } from './fixtures/subgraph.js';

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
  users.mood = { status: 500, text: '' };
  await gateway.ask('query Feed { posts { title author { name } } }', { 'x-secret': 'not-for-traces' });
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
