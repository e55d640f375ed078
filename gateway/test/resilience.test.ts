import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/testkit/collector';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/sample-graph.js';
import type { Behavior, Subgraph } from './fixtures/test-subgraph.js';

const serviceUnavailable: Behavior = { status: 503, text: '' };
/** Milliseconds for which the breaker stays open in these tests. */
const openMs = 150;

let users: Subgraph;
let posts: Subgraph;
let collector: Collector;
let gateway: Gateway;
let aliasCount = 0;

beforeAll(async () => {
  [users, posts, collector] = await Promise.all([openUsers(), openPosts(), openCollector()]);
  gateway = await openGateway([users, posts], {
    SUBGRAPH_TIMEOUT_SECONDS: '0.8',
    SUBGRAPH_CONCURRENCY: '4',
    SUBGRAPH_QUEUE: '2',
    SUBGRAPH_BREAKER_CALLS: '6',
    SUBGRAPH_BREAKER_SECONDS: String(openMs / 1000),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
});

beforeEach(async () => {
  [users.behavior, users.nextBehaviors] = ['normal', []];
  await users.restart();
  await recovered();
});

afterAll(async () => {
  await Promise.all([users.close(), posts.close()]);
  collector.close();
});

describe('a subgraph that keeps failing', () => {
  test.each<[string, Behavior | 'down']>([
    ['is down', 'down'],
    ['hangs', 'hang'],
    ['responds with 500', { status: 500, text: '' }],
    ['responds with HTML', { status: 200, text: '<html>' }],
    ['is 30 s late', { delayMs: 30_000 }],
  ])('is no longer called when it %s, and other subgraphs are unaffected', async (_, behavior) => {
    if (behavior === 'down') await users.stop();
    else users.behavior = behavior;
    await Promise.all([1, 2, 3, 4].map(expectPartial));
    await expectPartial();
    await expectPartial();
    const [before, startedAt] = [users.requestCount, performance.now()];
    await Promise.all([1, 2, 3, 4].map(expectPartial));
    const probes = 1 + Math.floor((performance.now() - startedAt) / openMs);
    expect(users.requestCount - before).toBeLessThanOrEqual(probes);
  });
});

describe('a transient failure', () => {
  test('is retried for queries, with the remaining time', async () => {
    users.nextBehaviors = [serviceUnavailable, { status: 502, text: '' }];
    expect((await gateway.query('{ caller }')).errors).toEqual([]);
    expect(timeLeft()).toBeGreaterThan(300);
    expect(timeLeft()).toBeLessThan(790);
  });

  test('of the connection is retried', async () => {
    await users.stop();
    const response = gateway.query('{ caller }');
    await wait(5);
    await users.restart();
    expect((await response).errors).toEqual([]);
  });

  test('is not retried for mutations', async () => {
    users.nextBehaviors = [serviceUnavailable];
    const { requestCount } = users;
    const { errors } = await gateway.query('mutation { rename(name: "x") { id } }');
    expect(errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(users.requestCount).toBe(requestCount + 1);
  });

  test('is retried a limited number of times', async () => {
    users.nextBehaviors = Array(4).fill(serviceUnavailable);
    const { requestCount } = users;
    expect((await gateway.query('{ caller }')).errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(users.requestCount).toBe(requestCount + 3);
  });
});

test('sends the remaining time with every request, whatever the client sends', async () => {
  await gateway.query('{ caller }', { 'x-marquee-timeout': '5' });
  expect(timeLeft()).toBeGreaterThan(700);
  expect(timeLeft()).toBeLessThanOrEqual(800);
});

test('aborts the requests of a client that disconnects, without counting a failure', async () => {
  users.nextBehaviors = ['hang'];
  const { requestCount, abortedCount } = users;
  const abort = new AbortController();
  const request = fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ caller }' }),
    signal: abort.signal,
  });
  while (users.requestCount === requestCount) await wait(5);
  abort.abort();
  await expect(request).rejects.toThrow();
  const abortedAt = performance.now();
  while (users.abortedCount === abortedCount) await wait(5);
  expect(performance.now() - abortedAt).toBeLessThan(400);
});

test('bounds the requests to a slow subgraph and rejects the rest immediately', async () => {
  const documents = [1, 2, 3, 4, 5, 6].map((turn) => `{ alias${turn}: caller }`);
  // Prepare the documents first: validating them takes turns, so the last would arrive when there are free slots again.
  for (const document of documents) await gateway.query(document);
  users.nextBehaviors = Array.from({ length: 4 }, () => ({ delayMs: 500 }));
  const { requestCount } = users;
  const pending = documents.map((document) => gateway.query(document));
  while (users.requestCount < requestCount + 4) await wait(5);
  await wait(50);
  expect((await gateway.query('{ caller }')).errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
  expect(users.requestCount).toBe(requestCount + 4);
  expect((await gateway.query('{ posts { title } }')).errors).toEqual([]);
  expect((await Promise.all(pending)).flatMap(({ errors }) => errors)).toEqual([]);
});

// Metrics are exported when the gateway closes, so this must remain the last test.
test('counts failures, aborted requests, retries and breaker changes', async () => {
  await gateway.close();
  const failures = collector.metric('marquee.upstream.failures');
  for (const reason of ['connection', 'timeout', 'status', 'invalid_response', 'circuit_open', 'queue_full'])
    expect([reason, failures[`${reason} users`]]).toEqual([reason, expect.any(Number)]);
  expect(collector.metric('marquee.upstream.aborted')).toMatchObject({
    'client_gone users': 1,
    'deadline users': failures['timeout users'],
  });
  expect(collector.metric('marquee.upstream.retries')).toEqual({ users: expect.any(Number), posts: 0 });
  const changes = collector.metric('marquee.breaker.changes');
  expect(changes['users open']).toBeGreaterThanOrEqual(5);
  expect(changes['users closed']).toBeGreaterThanOrEqual(5);
  expect(changes['users half-open']).toBeGreaterThanOrEqual(5);
  expect(collector.metric('marquee.breaker.state')).toEqual({ users: 0, posts: 0 });
});

/** Uses a new query each time, because concurrent identical fetches would share one request. */
async function expectPartial(): Promise<void> {
  const name = `name${++aliasCount}`;
  const { status, data, errors } = await gateway.query(`{ posts { title author { ${name}: name } } }`);
  expect([status, data.posts[2]]).toEqual([200, { title: 'Post 3', author: { [name]: null } }]);
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(Array(3).fill('UPSTREAM_UNAVAILABLE'));
}

/** Waits until the subgraph responds again, then sends enough queries to fill the window of its breaker. */
async function recovered(): Promise<void> {
  for (let tries = 0; tries < 60 && (await isFailing()); tries += 1) await wait(openMs / 3);
  for (let times = 0; times < 6; times += 1) await gateway.query('{ caller }');
}

async function isFailing(): Promise<boolean> {
  return (await gateway.query('{ caller }')).errors.length > 0;
}

/** The remaining time that the last request to the subgraph carried, in milliseconds. */
function timeLeft(): number {
  return Number(users.received.at(-1)?.headers['x-marquee-timeout']);
}
