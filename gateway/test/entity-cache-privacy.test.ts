import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Caller, roles } from '@marquee/chassis/identity/caller';
import { callerKey } from '@marquee/chassis/identity/caller-key';
import { missingRedisReason, openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import fc from 'fast-check';
import type { CacheableFetch } from '../src/engine/caching/cacheable-fetch.js';
import { slotsOf } from '../src/entity-cache/cache-slots.js';
import { openCachedShows, openPicks } from './fixtures/cached-shows.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

const name = fc.string({ minLength: 1, maxLength: 3 });

const caller: fc.Arbitrary<Caller> = fc.oneof(
  fc.constant<Caller>({ kind: 'guest' }),
  fc.constant<Caller>({ kind: 'gateway' }),
  fc.record({ kind: fc.constant('machine' as const), clientId: name, scopes: fc.uniqueArray(name, { maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('user' as const),
    id: name,
    sub: name,
    role: fc.constantFrom(...roles),
    scopes: fc.uniqueArray(name, { maxLength: 2 }),
  }),
);

describe('the key of a result', () => {
  test('is the same for two callers exactly if the result is public or they are the same caller', () => {
    const scope = fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const);
    fc.assert(
      fc.property(caller, caller, scope, (one, other, kind) => {
        const isShared = keyOf({ kind, caller: one }) === keyOf({ kind, caller: other });
        expect(isShared).toBe(kind === 'PUBLIC' || callerKey(one) === callerKey(other));
      }),
      { numRuns: 2_000 },
    );
  });

  test('differs by selection, scope, representation and variables', () => {
    const input = fc.record({
      kind: fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const),
      id: name,
      representation: name,
      variables: fc.dictionary(name, fc.oneof(name, fc.integer(), fc.constant(null)), { maxKeys: 2 }),
    });
    fc.assert(
      fc.property(input, input, (one, other) => {
        expect(keyOf(one) === keyOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 2_000 },
    );
  });
});

interface KeyInput {
  kind: 'PUBLIC' | 'PRIVATE';
  caller?: Caller;
  id?: string;
  representation?: string;
  variables?: Record<string, unknown>;
}

function keyOf({ kind, caller: by = { kind: 'guest' }, id = 'id', representation = '1', variables = {} }: KeyInput) {
  const result = { policy: { maxAge: 60, scope: kind }, tags: [] };
  const fetch: CacheableFetch = { id, entities: new Map([['Show', result]]), root: undefined };
  const representations = [JSON.stringify({ __typename: 'Show', id: representation })];
  const request = {
    query: '',
    operationName: undefined,
    kind: 'query' as const,
    body: '',
    entities: [{ name: '_entities', representations }],
    caching: { parts: [{ fetch, variables }], bodyFor: () => '' },
  };
  return slotsOf('shows', request, { caller: by })[0]?.key;
}

describe('the entity cache of two gateways', () => {
  const missing = missingRedisReason();
  let redis: RedisServer | undefined;
  let subgraphs: Subgraph[];
  let gateways: Gateway[];

  beforeAll(async () => {
    if (missing) process.stdout.write(`gateway/test/entity-cache-privacy.test.ts: memory only: ${missing}\n`);
    redis = missing ? undefined : await openRedisServer();
    const stored = new Map(['1', '2', '3'].map((id) => [id, { title: `Show ${id}` }]));
    subgraphs = await Promise.all([openUsers(), openPicks(['1', '2', '3']), openCachedShows(stored)]);
    const variables = {
      ENTITY_CACHE: 'shows',
      DEV_IDENTITY: 'true',
      ...(redis && { REDIS_URL: redis.url, ENTITY_CACHE_TIMEOUT_SECONDS: '5' }),
    };
    gateways = await Promise.all([1, 2].map(() => openGateway(subgraphs, variables)));
  });

  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    await redis?.close();
  });

  const request = fc.record({
    gateway: fc.constantFrom(0, 1),
    sub: fc.constantFrom(undefined, 'anna', 'ben', 'cleo'),
    ids: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1 }),
    fields: fc.uniqueArray(fc.constantFrom('title', 'length', 'viewer', 'account'), { minLength: 1 }),
    withMine: fc.boolean(),
  });

  test('never answers a caller with what another one may have', async () => {
    const batches = fc.array(fc.array(request, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (steps) => {
        for (const batch of steps) await Promise.all(batch.map(check));
      }),
      { numRuns: 20 },
    );
    expect(subgraphs[2]?.received.length).toBeGreaterThan(0);
  });

  async function check({ gateway, sub, ids, fields, withMine }: Request): Promise<void> {
    const query = `query ($ids: [ID!]) { picks(ids: $ids) { show { id ${fields.join(' ')} } } ${withMine ? 'mine' : ''} }`;
    const headers: Record<string, string> = sub === undefined ? {} : { 'x-dev-user-id': sub };
    const viewer = sub === undefined ? 'guest' : `${sub} FREELANCER`;
    const { data } = await gateways[gateway]!.query(query, headers, { ids });
    const values: Record<string, unknown> = { length: 45, viewer, account: sub === undefined ? null : viewer };
    const picks = ids.map((id) => {
      const selected = fields.map((field) => [field, field === 'title' ? `Show ${id}` : values[field]]);
      return { show: { id, ...Object.fromEntries(selected) } };
    });
    expect(data).toEqual({ picks, ...(withMine && { mine: viewer }) });
  }

  type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;
});
