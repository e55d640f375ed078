import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openUsers } from '../fixtures/sample-graph.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { type NewsSubgraph, openNews } from '../fixtures/news-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const subscription =
  'subscription ($about: String) { newsPublished(about: $about) { title: headline author { id name } } }';

let issuer: Issuer;
let users: Subgraph;
let news: NewsSubgraph;
let gateway: Gateway;
const clients: Client[] = [];

beforeAll(async () => {
  [issuer, users, news] = await Promise.all([openIssuer(), openUsers(), openNews()]);
  gateway = await openGateway([users, news], { issuer });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  await untilStreams(0);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([news.close(), users.close(), issuer.close()]);
});

describe('a subscription', () => {
  test('is completed with data of other subgraphs, with one fetch for each event', async () => {
    const { stream } = listen(subscription);
    await untilStreams(1);
    const before = users.received.length;
    for (const headline of ['one', 'two']) news.publish(headline);
    expect([await next(stream), await next(stream)]).toEqual([
      { data: { newsPublished: { title: 'one', author: { id: '7', name: 'User 7' } } } },
      { data: { newsPublished: { title: 'two', author: { id: '7', name: 'User 7' } } } },
    ]);
    expect(users.received.slice(before).map(({ query }) => query.includes('_entities'))).toEqual([true, true]);
    await stream.return?.();
  });

  test('runs as the caller of the token in connection_init', async () => {
    const token = await issuer.userToken('ada');
    const { stream } = listen(subscription, {}, { Authorization: `Bearer ${token}` });
    const [caller] = await untilStreams(1);
    expect(caller).toEqual({ kind: 'user', id: 'id-of-ada', sub: 'ada', role: 'FREELANCER', scopes: [] });
    await stream.return?.();
  });

  test('passes its variables to the subgraph', async () => {
    const { stream } = listen(subscription, { about: 'rain' });
    await untilStreams(1);
    for (const headline of ['sun', 'rain']) news.publish(headline);
    expect(await next(stream)).toMatchObject({ data: { newsPublished: { title: 'rain' } } });
    await stream.return?.();
  });

  test('ends at the subgraph when the client unsubscribes, even while no event arrives', async () => {
    const { stream } = listen(subscription);
    await untilStreams(1);
    await stream.return?.();
    expect(await untilStreams(0)).toEqual([]);
  });

  test.each([
    ['an unknown field', 'subscription { newsPublished { nothing } }', {}],
    ['two root fields', 'subscription { a: newsPublished { headline } b: newsPublished { headline } }', {}],
    ['only __typename', 'subscription { __typename }', {}],
    ['a syntax error', 'subscription {', {}],
    ['an invalid variable', subscription, { about: 7 }],
    [
      'several operations and no operationName',
      'subscription A { newsPublished { headline } } subscription B { newsPublished { headline } }',
      {},
    ],
  ])('with %s is rejected with BAD_USER_INPUT and reaches no subgraph', async (_, document, variables) => {
    const { stream } = listen(document, variables);
    await expect(next(stream)).rejects.toContainEqual(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) }),
    );
    expect(news.openStreamCallers).toEqual([]);
  });
});

test('runs queries and mutations over a socket as over HTTP', async () => {
  expect(await next(listen('{ latest me { id } }').stream)).toEqual({ data: { latest: 'nothing new', me: null } });
  expect(await next(listen('mutation { rename(name: "Ada") { name } }').stream)).toEqual({
    data: { rename: { name: 'Ada' } },
  });
});

test.each(['completes it', 'closes the socket'])('cancels a query of which the client %s', async (how) => {
  users.behavior = 'hang';
  const [requests, aborted] = [users.requestCount, users.abortedCount];
  const { stream } = listen('{ me { id } }');
  while (users.requestCount === requests) await wait(10);
  if (how === 'completes it') await stream.return?.();
  else clients.at(-1)?.terminate();
  while (users.abortedCount === aborted) await wait(10);
  expect(users.abortedCount).toBe(aborted + 1);
  users.behavior = 'normal';
});

describe('a socket', () => {
  test('with an invalid token is closed with 4403 and the reason', async () => {
    const token = await issuer.userToken('ada', { exp: 1 });
    expect(await listen(subscription, {}, { authorization: `Bearer ${token}` }).closed).toEqual([
      4403,
      expect.stringContaining('expired'),
    ]);
  });

  test('ignores internal headers in connection_init', async () => {
    const forged = { 'x-marquee-caller': 'eyJhbGciOiJub25lIn0.e30.', 'x-dev-user-id': 'ada' };
    const { stream } = listen(subscription, {}, forged);
    expect(await untilStreams(1)).toEqual([{ kind: 'guest' }]);
    await stream.return?.();
  });

  test('is closed with 4403 and `token expired` when its token has expired', async () => {
    const token = await issuer.userToken('ada', { exp: Math.floor(Date.now() / 1000) + 8 });
    const { closed } = listen(subscription, {}, { authorization: `Bearer ${token}` });
    await untilStreams(1);
    expect(await closed).toEqual([4403, 'token expired']);
    expect(await untilStreams(0)).toEqual([]);
  });
});

function listen(query: string, variables: object = {}, connectionParams: object = {}, at: Gateway = gateway) {
  const url = `${at.url.replace('http', 'ws')}/graphql`;
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { ...connectionParams },
    retryAttempts: 0,
  });
  clients.push(client);
  const closed = new Promise<[number, string]>((resolve) =>
    client.on('closed', (event) => {
      const { code, reason } = event as { code: number; reason: string };
      resolve([code, reason]);
    }),
  );
  const stream = client.iterate({ query, variables: { ...variables } });
  const first = stream.next();
  first.catch(() => undefined);
  return { closed, stream: withFirstResult(stream, first) };
}

/** `iterate` subscribes with the first call of `next`, which `listen` makes; the caller receives that result first. */
function withFirstResult(
  stream: AsyncIterableIterator<FormattedExecutionResult<Record<string, unknown>, unknown>>,
  first: Promise<IteratorResult<FormattedExecutionResult<Record<string, unknown>, unknown>>>,
): AsyncIterator<FormattedExecutionResult<Record<string, unknown>, unknown>> {
  let isFirstRead = false;
  return {
    next: () => (isFirstRead ? stream.next() : ((isFirstRead = true), first)),
    return: () => stream.return?.() ?? Promise.resolve({ done: true, value: undefined }),
  };
}

async function next(
  stream: AsyncIterator<FormattedExecutionResult<Record<string, unknown>, unknown>>,
): Promise<unknown> {
  return (await stream.next()).value;
}

async function untilStreams(count: number) {
  while (news.openStreamCallers.length !== count) await wait(10);
  return [...news.openStreamCallers];
}
