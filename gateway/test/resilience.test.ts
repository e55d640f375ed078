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
/** With a short timeout, for a service that does not answer. */
let gateway: Gateway;
/** With a timeout that no test reaches. */
let patient: Gateway;
let aliasCount = 0;

beforeAll(async () => {
  [users, posts, collector] = await Promise.all([openUsers(), openPosts(), openCollector()]);
  gateway = await open({ SUBGRAPH_TIMEOUT_SECONDS: '1.5', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  patient = await open({ SUBGRAPH_TIMEOUT_SECONDS: '300' });
});

function open(variables: Record<string, string>): Promise<Gateway> {
  return openGateway([users, posts], {
    SUBGRAPH_CONCURRENCY: '4',
    SUBGRAPH_QUEUE: '2',
    SUBGRAPH_BREAKER_CALLS: '6',
    SUBGRAPH_BREAKER_SECONDS: String(openMs / 1000),
    ...variables,
  });
}

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
    expect((await patient.query('{ caller }')).errors).toEqual([]);
    expect(timeLeft()).toBeGreaterThan(100_000);
    expect(timeLeft()).toBeLessThan(299_990);
  });

  test('of the connection is retried', async () => {
    const askDuringRestart = async () => {
      await users.stop();
      const response = patient.query('{ caller }');
      await wait(5);
      await users.restart();
      return response;
    };
    let response = await askDuringRestart();
    // On a busy machine the restart may last longer than the retries.
    for (; response.errors.length > 0; response = await askDuringRestart()) await recovered();
    expect(response.data.caller).toContain('guest');
  });

  test('is not retried for mutations', async () => {
    users.nextBehaviors = [serviceUnavailable];
    const { requestCount } = users;
    const { errors } = await patient.query('mutation { rename(name: "x") { id } }');
    expect(errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(users.requestCount).toBe(requestCount + 1);
  });

  test('is retried a limited number of times', async () => {
    users.nextBehaviors = Array(4).fill(serviceUnavailable);
    const { requestCount } = users;
    expect((await patient.query('{ caller }')).errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
    expect(users.requestCount).toBe(requestCount + 3);
  });
});

test('sends the remaining time with every request, whatever the client sends', async () => {
  await patient.query('{ caller }', { 'x-marquee-timeout': '5' });
  expect(timeLeft()).toBeGreaterThan(100_000);
  expect(timeLeft()).toBeLessThanOrEqual(300_000);
});

test('aborts the requests of a client that disconnects, without counting a failure', async () => {
  users.nextBehaviors = ['hang'];
  const { requestCount, abortedCount } = users;
  const abort = new AbortController();
  const request = fetch(`${patient.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ caller }' }),
    signal: abort.signal,
  });
  while (users.requestCount === requestCount) await wait(5);
  abort.abort();
  await expect(request).rejects.toThrow();
  while (users.abortedCount === abortedCount) await wait(5);
  expect(users.abortedCount).toBe(abortedCount + 1);
});

test('bounds the requests to a slow subgraph and rejects the rest immediately', async () => {
  let respond = (): void => undefined;
  users.behavior = { after: new Promise<void>((resolve) => (respond = resolve)) };
  const { requestCount } = users;
  const codes: unknown[] = [];
  // Four run, two wait in the queue, and the others are rejected while the service has not responded yet.
  const pending = Array.from({ length: 10 }, async (_, turn) => {
    const { errors } = await patient.query(`{ alias${turn}: caller }`);
    codes.push(errors[0]?.extensions['code']);
  });
  while (codes.length < 4) await wait(5);
  expect(codes).toEqual(Array(4).fill('UPSTREAM_UNAVAILABLE'));
  while (users.requestCount < requestCount + 4) await wait(5);
  expect((await patient.query('{ posts { title } }')).errors).toEqual([]);
  expect(users.requestCount).toBe(requestCount + 4);
  respond();
  await Promise.all(pending);
  expect(codes.slice(4)).toEqual(Array(6).fill(undefined));
});

// Metrics are exported when the gateway closes, so this must remain the last test.
test('counts failures, aborted requests, retries and breaker changes', async () => {
  await patient.close();
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

/** Waits until both gateways reach the subgraph again, then sends enough queries to fill the windows of their breakers. */
async function recovered(): Promise<void> {
  for (const one of [gateway, patient]) {
    while ((await one.query('{ caller }')).errors.length > 0) await wait(openMs / 3);
    for (let times = 0; times < 6; times += 1) await one.query('{ caller }');
  }
}

/** The remaining time that the last request to the subgraph carried, in milliseconds. */
function timeLeft(): number {
  return Number(users.received.at(-1)?.headers['x-marquee-timeout']);
}
