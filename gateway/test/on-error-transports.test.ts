import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { createLiveClients } from './fixtures/live-clients.js';
import { type NewsSubgraph, openNews } from './fixtures/news-subgraph.js';
import { openIssuer, type Issuer } from './fixtures/issuer.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';
import { supergraphFile, textFile } from './fixtures/sample-graph.js';
import { get, manifestOf, overSocket, overSse, post, type Reply, sha256 } from './fixtures/transport-clients.js';

const query = '{ shows { title owner { id name } } }';
const hash = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };

/** With all services, and with the users service stopped. */
let [complete, partial]: Gateway[] = [];
let issuer: Issuer;
let [users, shows]: Subgraph[] = [];
let news: NewsSubgraph;
let token: string;

beforeAll(async () => {
  [issuer, users, shows, news] = await Promise.all([openIssuer(), openStrictUsers(), openShows(), openNews()]);
  complete = await open(users, shows);
  partial = await open({ ...users, url: 'http://127.0.0.1:9/graphql' }, shows);
  token = await issuer.machineToken();
});

afterAll(async () => {
  await Promise.all([complete?.close(), partial?.close()]);
  await Promise.all([issuer.close(), users?.close(), shows?.close(), news.close()]);
});

async function open(...subgraphs: Subgraph[]): Promise<Gateway> {
  return openGateway([...subgraphs, news], {
    issuer,
    PARTNER_SUPERGRAPH: await supergraphFile(subgraphs),
    TRUSTED_DOCUMENTS: 'on',
    TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf([query])),
    SUBGRAPH_RETRIES: '0',
  });
}

type Send = (params: Record<string, unknown>, gateway?: Gateway) => Promise<Reply>;

const transports: Record<string, (url: string, params: Record<string, unknown>) => Promise<Reply>> = {
  'POST on the fast path': (url, params) => post(url, { query, ...params }, { accept: 'application/json' }),
  'POST through Apollo Server': (url, params) => post(url, { query, ...params }, { accept: 'application/json;q=1' }),
  GET: (url, params) => get(url, { query, ...(params as Record<string, string>) }),
  'POST with the hash of a trusted document': (url, params) => post(url, { extensions: hash, ...params }),
  'GET with documentId': (url, params) =>
    get(url, { documentId: sha256(query), ...(params as Record<string, string>) }),
  'server-sent events': (url, params) => overSse(url, { query, ...params }),
  WebSocket: (url, params) => overSocket(url, { query, ...params }),
  'the partner API': (url, params) => post(`${url}/partner`, { query, ...params }, bearer(token)),
};

const unavailable = { path: ['shows', 0, 'owner', 'name'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } };

describe.each(Object.entries(transports))('with a service stopped, over %s,', (_, sendTo) => {
  const send: Send = (params, gateway = partial) => sendTo(gateway?.url ?? '', params);

  test('an error propagates without onError, and with PROPAGATE', async () => {
    const [omitted, given] = [await send({}), await send({ onError: 'PROPAGATE' })];
    expect(omitted).toMatchObject({ data: null, errors: [unavailable, {}] });
    expect(given).toEqual(omitted);
  });

  test('NULL keeps the fields of the other services, and the errors at their places', async () => {
    const { data, errors } = await send({ onError: 'NULL' });
    expect(data).toEqual({
      shows: ['1', '2'].map((id) => ({ title: `Show ${id}`, owner: { id, name: null } })),
    });
    expect(errors).toMatchObject([unavailable, { path: ['shows', 1, 'owner', 'name'] }]);
  });

  test('HALT answers null and the first error only', async () => {
    const { data, errors } = await send({ onError: 'HALT' });
    expect(data).toBeNull();
    expect(errors).toMatchObject([unavailable]);
    expect(errors).toHaveLength(1);
  });

  test('an unknown value is refused with the valid ones', async () => {
    expect((await send({ onError: 'IGNORE' })).errors).toMatchObject([
      { message: 'onError: expected "NULL", "PROPAGATE" or "HALT"', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('all values have the same result without an error', async () => {
    const plain = await send({}, complete);
    expect(plain).toMatchObject({ data: { shows: [{ owner: { name: 'User 1' } }, {}] }, errors: [] });
    for (const onError of ['NULL', 'PROPAGATE', 'HALT']) expect(await send({ onError }, complete)).toEqual(plain);
  });
});

test('a value of null is the default', async () => {
  expect(await post(complete?.url ?? '', { query, onError: null })).toMatchObject({ status: 200, errors: [] });
});

describe('a subscription', () => {
  const clients = createLiveClients(() => complete!);
  afterEach(() => clients.closeAll());

  test('over server-sent events is completed with its onError', async () => {
    const reply = overSse(partial?.url ?? '', {
      query: 'subscription { newsPublished { headline author { name } } }',
      onError: 'NULL',
    });
    await untilOpened(1);
    news.publish('events');
    expect(await reply).toMatchObject({ data: { newsPublished: { headline: 'events', author: { name: null } } } });
  });

  test('completes every event with its own onError', async () => {
    const document = 'subscription { newsPublished { headline author { id name } } }';
    const [propagate, keep, halt] = [undefined, 'NULL', 'HALT'].map((onError) =>
      clients.subscribe(document, { ...(onError !== undefined && { onError }) }),
    );
    await untilOpened(3);
    news.publish('first');
    for (const client of [propagate, keep, halt])
      expect(await client?.next()).toEqual({
        data: { newsPublished: { headline: 'first', author: { id: '7', name: 'User 7' } } },
      });
    await users?.stop();
    news.publish('second');
    const error = { path: ['newsPublished', 'author', 'name'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } };
    expect(await propagate?.next()).toMatchObject({ data: null, errors: [error] });
    expect(await keep?.next()).toMatchObject({
      data: { newsPublished: { headline: 'second', author: { id: '7', name: null } } },
      errors: [error],
    });
    expect(await halt?.next()).toMatchObject({ data: null, errors: [error] });
  });

  test('leaves an error of the publishing service in its place with NULL', async () => {
    const document = 'subscription { newsPublished { headline source author { id } } }';
    const [propagate, keep] = [clients.subscribe(document), clients.subscribe(document, { onError: 'NULL' })];
    await untilOpened(2);
    news.publish('rumour');
    news.publish('report');
    const errors = [{ path: ['newsPublished', 'source'], extensions: { code: 'INTERNAL' } }];
    expect(await propagate.next()).toMatchObject({ data: null, errors });
    expect(await keep.next()).toMatchObject({
      data: { newsPublished: { headline: 'rumour', source: null, author: { id: '7' } } },
      errors,
    });
    const report = { data: { newsPublished: { headline: 'report', source: 'agency', author: { id: '7' } } } };
    for (const client of [propagate, keep]) expect(await client.next()).toEqual(report);
  });

  async function untilOpened(count: number): Promise<void> {
    while (news.openStreamCallers.length !== count) await wait(20);
  }
});

/** A users subgraph whose names are non-null. */
function openStrictUsers(): Promise<Subgraph> {
  return openSubgraph({
    name: 'users',
    sdl: `
      type Query { principal(sub: String!, email: String, name: String, role: String): Principal! @inaccessible }
      type User @key(fields: "id") { id: ID! name: String! }
      type Principal @inaccessible { id: ID! }`,
    resolvers: {
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }) => `User ${id}`,
      },
    },
  });
}

function openShows(): Promise<Subgraph> {
  return openSubgraph({
    name: 'shows',
    sdl: `
      type Query { shows: [Show!]! }
      type Show { title: String! owner: User! }
      type User @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: { shows: () => ['1', '2'].map((id) => ({ title: `Show ${id}`, owner: { id } })) },
    },
  });
}
