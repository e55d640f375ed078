import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/testkit/collector';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openPosts, openUsers } from '../fixtures/sample-graph.js';
import type { Behavior, Subgraph } from '../fixtures/test-subgraph.js';

const parkMs = 2_000;
const maxBytes = 20_000;

let users: Subgraph;
let posts: Subgraph;
let issuer: Issuer;
let collector: Collector;
let gateway: Gateway;

beforeEach(async () => {
  [users, posts, issuer, collector] = await Promise.all([openUsers(), openPosts(), openIssuer(), openCollector()]);
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([users.close(), posts.close(), issuer.close()]);
  collector.close();
});

/** @param timeoutSeconds of which the service has a half to show that it is alive */
async function open(timeoutSeconds = 2): Promise<void> {
  gateway = await openGateway([users, posts], {
    issuer,
    SUBGRAPH_TIMEOUT_SECONDS: String(timeoutSeconds),
    SUBGRAPH_BREAKER_SECONDS: String(parkMs / 1000),
    SUBGRAPH_CONCURRENCY: '10',
    SUBGRAPH_QUEUE: '10',
    RESPONSE_LIMIT_BYTES: String(maxBytes),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
}

test.each<[string, Behavior, string]>([
  ['never answer', 'hang', 'UPSTREAM_UNAVAILABLE'],
  ['are answered late', { delayMs: 6_000 }, 'UPSTREAM_UNAVAILABLE'],
  [
    'are answered with too much',
    { status: 200, text: `{"data":{"caller":"${'x'.repeat(100_000)}"}}` },
    'BAD_USER_INPUT',
  ],
  ['are refused', { status: 413, text: '<html>' }, 'UPSTREAM_UNAVAILABLE'],
  ['fail', { status: 500, text: '' }, 'UPSTREAM_UNAVAILABLE'],
])(
  'operations of guests that %s stop neither first sign-ins nor others, and open no breaker',
  async (_, behavior, code) => {
    await open(4);
    users.behaviorOf = (query) => (query.includes('attack') ? behavior : undefined);
    const attack = new AbortController();
    const attackers = Array.from({ length: 14 }, (__, at) => keepAttacking(at, attack.signal));
    const signIns: GraphqlResponse[] = [];
    for (let at = 0; at < 20; at += 1) {
      signIns.push(await gateway.query('{ me { id } }', bearer(await issuer.userToken(`new-${at}`))));
      await wait(50);
    }
    attack.abort();
    expect(signIns.flatMap(({ errors }) => errors.map(({ extensions }) => extensions['code']))).not.toContain(
      'UNAUTHENTICATED',
    );
    expect(signIns.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const codes = new Set((await Promise.all(attackers)).flat());
    expect(codes).toContain(code);
    // Some are late on a busy machine.
    expect([...codes].filter((one) => one !== code && one !== 'UPSTREAM_UNAVAILABLE')).toEqual([]);
    expect((await gateway.query('{ posts { title } }')).errors).toEqual([]);
    await gateway.close();
    expect(collector.metric('marquee.breaker.changes')).toMatchObject({ 'users open': 0 });
  },
);

test('an operation that keeps failing is parked for its caller only, then tried once', async () => {
  await open();
  const document = '{ parked: caller }';
  users.behaviorOf = (query) => (query.includes('parked') ? { status: 500, text: '' } : undefined);
  const ada = bearer(await issuer.userToken('ada'));
  const ben = bearer(await issuer.userToken('ben'));
  let sent = await requestsDuring(() => gateway.query(document, ada));
  while (sent.requests > 0) sent = await requestsDuring(() => gateway.query(document, ada));
  expect(sent.result.errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', service: 'users' });
  expect((await requestsDuring(() => gateway.query(document, ben))).requests).toBeGreaterThan(0);
  expect((await gateway.query('{ caller }', ada)).errors).toEqual([]);
  users.behaviorOf = undefined;
  while ((await gateway.query(document, ada)).errors.length > 0) await wait(parkMs / 10);
  expect((await requestsDuring(() => gateway.query(document, ada))).requests).toBe(1);
});

test('a service that answers no request is no longer called, and is called again soon after it answers', async () => {
  await open();
  users.behavior = 'hang';
  for (let round = 0; round < 3; round += 1)
    await Promise.all(Array.from({ length: 5 }, (_, at) => gateway.query(`{ hung${round}x${at}: caller }`)));
  const { requests, result } = await requestsDuring(() => gateway.query('{ caller }'));
  expect(result.errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
  expect(requests).toBeLessThanOrEqual(1);
  users.behavior = 'normal';
  while ((await gateway.query('{ caller }')).errors.length > 0) await wait(50);
  expect((await gateway.query('{ caller }')).errors).toEqual([]);
});

/** Sends operations that differ each time, until the signal aborts. Returns the codes of their errors. */
async function keepAttacking(attacker: number, signal: AbortSignal): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (let turn = 0; !signal.aborted; turn += 1) {
    const { errors } = await gateway.query(`{ attack${attacker}x${turn}: caller }`);
    codes.push(...errors.map(({ extensions }) => extensions['code']));
  }
  return codes;
}

async function requestsDuring<Result>(work: () => Promise<Result>): Promise<{ result: Result; requests: number }> {
  const before = users.requestCount;
  const result = await work();
  return { result, requests: users.requestCount - before };
}
