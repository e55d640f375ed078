import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { missingRedisReason, openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import {
  type CachedGraph,
  openCachedGraph,
  requestedIds,
  settled,
  type StoredShows,
  untilCached,
} from './fixtures/cached-shows.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

const missing = missingRedisReason();
if (missing) process.stdout.write(`gateway/test/entity-cache.test.ts: the tests over Redis were skipped: ${missing}\n`);

const stored: StoredShows = new Map();
let graph: CachedGraph;
let shows: Subgraph;

beforeAll(async () => {
  graph = await openCachedGraph(stored);
  ({ shows } = graph);
});
afterAll(() => graph.close());
beforeEach(() => graph.reset());

const titles = '{ picks { show { title } } }';

describe.each(['memory', ...(missing ? [] : ['Redis'])])('the entity cache in %s', (kind) => {
  let redis: RedisServer | undefined;
  let gateway: Gateway;

  beforeEach(async () => {
    redis = kind === 'Redis' ? await openRedisServer() : undefined;
    gateway = await open(redis);
  });

  afterEach(async () => {
    await gateway.close();
    await redis?.close();
  });

  test('answers from its results, and fetches nothing', async () => {
    const first = await gateway.query(titles);
    await settled(redis);
    expect(await gateway.query(titles)).toEqual(first);
    expect(first.data.picks[2].show).toEqual({ title: 'Show 3' });
    expect(requestedIds(shows)).toEqual([['1', '2', '3']]);
  });

  test('fetches only the entities that it lacks, and keeps the order', async () => {
    await gateway.query('{ picks(ids: ["2"]) { show { title } } }');
    await settled(redis);
    const { data } = await gateway.query(titles);
    expect(data.picks.map(({ show }: Pick) => show?.title)).toEqual(['Show 1', 'Show 2', 'Show 3']);
    expect(requestedIds(shows)).toEqual([['2'], ['1', '3']]);
  });

  test('serves operations that select the same fields in another order or under another name', async () => {
    await gateway.query('query One { picks { show { title length } } }');
    await settled(redis);
    await gateway.query('query Two { picks { show { length title } } }');
    expect(requestedIds(shows)).toHaveLength(1);
  });

  test('keeps results of other fields and other arguments apart', async () => {
    await gateway.query('query ($s: String) { picks { show { title(suffix: $s) } } }', {}, { s: '!' });
    await settled(redis);
    const { data } = await gateway.query('query ($s: String) { picks { show { title(suffix: $s) } } }', {}, { s: '?' });
    expect(data.picks[0].show).toEqual({ title: 'Show 1?' });
    await gateway.query(titles);
    expect(requestedIds(shows)).toHaveLength(3);
  });

  test('serves several lists of entities in one request', async () => {
    const query = '{ picks { show { title } other { length } } }';
    const first = await gateway.query(query);
    await settled(redis);
    expect(await gateway.query(query)).toEqual(first);
    expect(first.data.picks[0]).toEqual({ show: { title: 'Show 1' }, other: { length: 45 } });
    expect(shows.received).toHaveLength(1);
  });

  test('keeps root fields of which all are cacheable', async () => {
    await gateway.query('{ newest { title } }');
    await settled(redis);
    const { data } = await gateway.query('{ newest { title } }');
    expect(data.newest).toEqual([{ title: 'Show 1' }, { title: 'Show 2' }]);
    expect(shows.received).toHaveLength(1);
    await gateway.query('{ newest { title } now }');
    await gateway.query('{ newest { title } now }');
    expect(shows.received).toHaveLength(3);
  });

  test('keeps nothing that has no hint, or no value for its tag', async () => {
    for (const query of ['{ picks { show { random } } }', '{ now }', '{ untagged }'])
      for (const _ of [1, 2]) await gateway.query(query);
    expect(shows.received).toHaveLength(6);
  });

  test('keeps no entity with an error, and the others', async () => {
    const query = '{ picks { show { fragile } } }';
    for (const _ of [1, 2]) {
      const { data, errors } = await gateway.query(query);
      expect(data.picks.map(({ show }: Pick) => show?.fragile ?? null)).toEqual(['whole', null, 'whole']);
      expect(errors).toMatchObject([{ path: ['picks', 1, 'show', 'fragile'] }]);
      await settled(redis);
    }
    expect(requestedIds(shows)).toEqual([['1', '2', '3'], ['2']]);
  });

  test('keeps no entity that the service does not find', async () => {
    stored.set('2', null);
    await gateway.query(titles);
    await settled(redis);
    stored.set('2', { title: 'New' });
    const { data } = await gateway.query(titles);
    expect(data.picks[1].show).toEqual({ title: 'New' });
    expect(requestedIds(shows)).toEqual([['1', '2', '3'], ['2']]);
  });

  test('serves its results while the service is down', async () => {
    await gateway.query('{ picks(ids: ["1", "3"]) { show { title } } }');
    await settled(redis);
    shows.nextBehaviors = [{ status: 500, text: '' }];
    const { data, errors } = await gateway.query(titles);
    expect(data.picks.map(({ show }: Pick) => show?.title ?? null)).toEqual(['Show 1', null, 'Show 3']);
    expect(errors).toMatchObject([
      { path: ['picks', 1, 'show', 'title'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
  });

  test.each(['no-store', 'private, max-age=60', 'max-age=60, no-cache'])(
    'keeps no public result that the service sends with %s',
    async (header) => {
      shows.headers = { 'cache-control': header };
      for (const _ of [1, 2]) await gateway.query(titles);
      expect(shows.received).toHaveLength(2);
    },
  );

  test('keeps a result for as long as the service allows, and says how long it remains', async () => {
    shows.headers = { 'cache-control': 'max-age=50, public' };
    const sent = (query: string) => fetchHeaders(gateway, query);
    expect(await sent('{ newest { title } }')).toBe('max-age=50, public');
    await settled(redis);
    expect(await sent('{ newest { title } }')).toMatch(/^max-age=[1-4]\d, public$/);
    expect(shows.received).toHaveLength(1);
    shows.headers = { 'cache-control': 'max-age=1, public' };
    const keptFrom = performance.now();
    await sent('{ newest { length } }');
    while (shows.received.length < 3) {
      await settled(redis);
      await sent('{ newest { length } }');
    }
    expect(performance.now() - keptFrom).toBeGreaterThan(950);
  });

  test('keeps private results for their caller only', async () => {
    const query = '{ picks(ids: ["1"]) { show { viewer account } } mine }';
    for (const sub of ['anna', 'ben', 'anna', 'ben']) {
      const { data } = await gateway.query(query, { 'x-dev-user-id': sub });
      const viewer = `${sub} FREELANCER`;
      expect(data).toEqual({ picks: [{ show: { viewer, account: viewer } }], mine: viewer });
      await settled(redis);
    }
    const { data, errors } = await gateway.query(query);
    expect(data).toEqual({ picks: [{ show: { viewer: 'guest', account: null } }], mine: 'guest' });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const [entities, roots] = [requestedIds(shows).length, shows.received.length];
    expect([entities, roots - entities]).toEqual([3, 3]);
  });

  test('shares public results between callers', async () => {
    await gateway.query(titles, { 'x-dev-user-id': 'anna' });
    await settled(redis);
    await gateway.query(titles, { 'x-dev-user-id': 'ben' });
    await gateway.query(titles);
    expect(requestedIds(shows)).toHaveLength(1);
  });

  test('reads nothing from the cache in a mutation', async () => {
    const mutation = 'mutation { retitle(id: "1", title: "Other") { title } }';
    await gateway.query(titles);
    await settled(redis);
    expect((await gateway.query(mutation)).data.retitle).toEqual({ title: 'Other' });
    expect((await gateway.query(mutation)).data.retitle).toEqual({ title: 'Other' });
    expect(shows.received).toHaveLength(3);
  });
});

describe('services', () => {
  test('are not cached unless ENTITY_CACHE lists them', async () => {
    const gateway = await openGateway([...graph.subgraphs], { ENTITY_CACHE: 'picks,users' });
    for (const _ of [1, 2]) await gateway.query(titles);
    await gateway.close();
    expect(requestedIds(shows)).toHaveLength(2);
  });
});

describe('a mutation', () => {
  test('invalidates all results of its service in memory', async () => {
    const gateway = await open(undefined);
    await gateway.query(titles);
    await gateway.query('mutation { retitle(id: "1", title: "Other") { title } }');
    const { data } = await gateway.query(titles);
    await gateway.close();
    expect(data.picks[0].show).toEqual({ title: 'Other' });
    expect(requestedIds(shows)).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
  });
});

interface Pick {
  show: { title?: string; fragile?: string } | null;
}

async function open(redis: RedisServer | undefined): Promise<Gateway> {
  const gateway = await openGateway([...graph.subgraphs], {
    ENTITY_CACHE: 'shows',
    DEV_IDENTITY: 'true',
    SUBGRAPH_RETRIES: '0',
    ...(redis && { REDIS_URL: redis.url, ENTITY_CACHE_TIMEOUT_SECONDS: '5' }),
  });
  if (redis) await untilCached(gateway, shows, redis);
  return gateway;
}

async function fetchHeaders(gateway: Gateway, query: string): Promise<string | null> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  await response.text();
  return response.headers.get('cache-control');
}
