import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/testkit/collector';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/sample-graph.js';
import type { Behavior, Subgraph } from './fixtures/test-subgraph.js';

const busy: Behavior = { status: 503, text: '' };
/** Milliseconds that the breaker stays open in these tests. */
const pause = 150;

let users: Subgraph;
let posts: Subgraph;
let collector: Collector;
let gateway: Gateway;
let asks = 0;

beforeAll(async () => {
  [users, posts, collector] = await Promise.all([openUsers(), openPosts(), openCollector()]);
  gateway = await openGateway([users, posts], {
    SUBGRAPH_TIMEOUT_SECONDS: '0.8',
    SUBGRAPH_CONCURRENCY: '4',
    SUBGRAPH_QUEUE: '2',
    SUBGRAPH_BREAKER_CALLS: '6',
    SUBGRAPH_BREAKER_SECONDS: String(pause / 1000),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
});

beforeEach(async () => {
  [users.behavior, users.nextBehaviors] = ['well', []];
  await users.restart();
  await recovered();
});

afterAll(async () => {
  await Promise.all([users.close(), posts.close()]);
  collector.close();
});

describe('a service that fails again and again', () => {
  test.each<[string, Behavior | 'gone']>([
    ['is gone', 'gone'],
    ['hangs', 'hung'],
    ['answers 500', { status: 500, text: '' }],
    ['answers garbage', { status: 200, text: '<html>' }],
    ['is 30 s late', { late: 30_000 }],
  ])('and %s is left alone, others are served, and it is whole again once it is well', async (_, mood) => {
    if (mood === 'gone') await users.stop();
    else users.behavior = mood;
    await Promise.all([1, 2, 3, 4].map(expectPartial));
    await expectPartial();
    await expectPartial();
    const asked = users.requestCount;
    await Promise.all([1, 2, 3, 4].map(expectPartial));
    // The one that is let through to try it.
    expect(users.requestCount).toBeLessThanOrEqual(asked + 1);
  });
});

describe('what fails in passing', () => {
  test('is asked again when it is a query, with less time than before', async () => {
    users.nextBehaviors = [busy, { status: 502, text: '' }];
    expect((await gateway.query('{ caller }')).errors).toEqual([]);
    expect(timeLeft()).toBeGreaterThan(300);
    expect(timeLeft()).toBeLessThan(790);
  });

  test('is asked again when the connection fails', async () => {
    await users.stop();
    const answer = gateway.query('{ caller }');
    await wait(5);
    await users.restart();
    expect((await answer).errors).toEqual([]);
  });

  test('is not asked again when it is a mutation', async () => {
    users.nextBehaviors = [busy];
    const { requestCount } = users;
    const { errors } = await gateway.query('mutation { rename(name: "x") { id } }');
    expect(errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(users.requestCount).toBe(requestCount + 1);
  });

  test('is not asked again for ever', async () => {
    users.nextBehaviors = [busy, busy, busy, busy];
    const { requestCount } = users;
    expect((await gateway.query('{ caller }')).errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(users.requestCount).toBe(requestCount + 3);
  });
});

test('every request carries the time that is left, whatever a client says', async () => {
  await gateway.query('{ caller }', { 'x-marquee-timeout': '5' });
  expect(timeLeft()).toBeGreaterThan(700);
  expect(timeLeft()).toBeLessThanOrEqual(800);
});

test('a client that leaves ends what was asked for it, and nobody is blamed', async () => {
  users.nextBehaviors = ['hung'];
  const { requestCount, abortedCount } = users;
  const leaving = new AbortController();
  const request = fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ caller }' }),
    signal: leaving.signal,
  });
  while (users.requestCount === requestCount) await wait(5);
  leaving.abort();
  await expect(request).rejects.toThrow();
  const left = performance.now();
  while (users.abortedCount === abortedCount) await wait(5);
  expect(performance.now() - left).toBeLessThan(400);
});

test('a service that is slow holds a bounded number of requests, and the rest are turned away at once', async () => {
  const documents = [1, 2, 3, 4, 5, 6].map((turn) => `{ own${turn}: caller }`);
  // New ones take turns to be read, and the last would come when there is room again.
  for (const document of documents) await gateway.query(document);
  users.nextBehaviors = Array.from({ length: 4 }, () => ({ late: 500 }));
  const { requestCount } = users;
  const held = documents.map((document) => gateway.query(document));
  while (users.requestCount < requestCount + 4) await wait(5);
  await wait(50);
  expect((await gateway.query('{ caller }')).errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
  expect(users.requestCount).toBe(requestCount + 4);
  expect((await gateway.query('{ posts { title } }')).errors).toEqual([]);
  expect((await Promise.all(held)).flatMap(({ errors }) => errors)).toEqual([]);
});

// What was counted is sent when the gateway closes: this stays the last.
test('all of it is counted', async () => {
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

/** Each time another query, since those who ask the same at once share one request. */
async function expectPartial(): Promise<void> {
  const name = `name${++asks}`;
  const { status, data, errors } = await gateway.query(`{ posts { title author { ${name}: name } } }`);
  expect([status, data.posts[2]]).toEqual([200, { title: 'Post 3', author: { [name]: null } }]);
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(Array(3).fill('UPSTREAM_UNAVAILABLE'));
}

/** Waits until the service is whole again, and so often that its breaker has only good to remember. */
async function recovered(): Promise<void> {
  for (let tries = 0; tries < 60 && (await isIll()); tries += 1) await wait(pause / 3);
  for (let times = 0; times < 6; times += 1) await gateway.query('{ caller }');
}

async function isIll(): Promise<boolean> {
  return (await gateway.query('{ caller }')).errors.length > 0;
}

/** What the last request to the service said. */
function timeLeft(): number {
  return Number(users.received.at(-1)?.headers['x-marquee-timeout']);
}
