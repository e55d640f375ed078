import { randomUUID } from 'node:crypto';
import { subscribe as subscribeChannel, unsubscribe as unsubscribeChannel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import type { StoreRequest } from '@marquee/chassis/telemetry/store-requests';
import { subscribe } from '@marquee/testkit/subscribe';
import { type GraphqlResponse, post, type TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { startGraph } from './fixtures/whole-graph.js';

const closers = new Closers();
let services: Record<string, TestService>;
let graph: TestService;

beforeAll(async () => {
  ({ services, gateway: graph } = await startGraph(closers, { seed: true }));
});

afterAll(() => closers.close());

// The cost of an operation is asserted as data: the subgraph fetches of the gateway and the store requests of the services.
describe('the cost of', () => {
  test.each([1, 5, 20])('%i shows with the users who added them: one fetch of each of two services', async (size) => {
    const { response, ...cost } = await observe(
      'query($size: Int!) { shows(first: $size) { edges { node { slug title addedBy { handle displayName } } } } }',
      { size },
    );
    const { edges } = response.data.shows as { edges: { node: { addedBy: unknown } }[] };
    expect(edges).toHaveLength(size);
    expect(edges.map(({ node }) => node.addedBy)).not.toContain(null);
    expect(cost).toEqual({
      fetches: ['shows', 'users'],
      requests: [
        'dynamodb Query gsi_shelf',
        'dynamodb Query gsi_shelf',
        'dynamodb BatchGetItem',
        'postgres SELECT users',
      ],
    });
  });

  test.each([1, 20])('a feed of %i with authors, likes and replies: four statements', async (size) => {
    const { response, ...cost } = await observe(
      `query($size: Int!) { feed(first: $size) { edges { node {
        message likeCount replyCount likedByMe author { handle } replies(first: 3) { edges { node { message } } }
      } } } }`,
      { size },
      await cachedUser('dev-admin-001'),
    );
    expect(response.errors).toEqual([]);
    expect({ ...cost, requests: cost.requests.toSorted() }).toEqual({
      fetches: ['users'],
      requests: [
        'postgres SELECT activities',
        'postgres SELECT activities',
        'postgres SELECT likes',
        'postgres SELECT users',
      ],
    });
  });

  test('two requests of a signed-in user: one lookup of the principal', async () => {
    const headers = { 'x-dev-user-id': 'dev-hiring-001' };
    const first = await observe('{ me { handle } }', {}, headers);
    const next = await observe('{ me { handle } }', {}, headers);
    expect(first.response.data).toEqual({ me: { handle: 'lantern_press' } });
    expect([first.fetches, next.fetches]).toEqual([['users', 'users'], ['users']]);
    expect(next.requests).toEqual(['postgres SELECT users']);
  });

  test('ten objects by their ids alone: one fetch of each service that may have them', async () => {
    const fields = Array.from({ length: 10 }, (_, index) => `n${index}: node(id: "none-${index}") { id }`);
    const { fetches } = await observe(`{ ${fields.join(' ')} nodes(ids: ["none-0", "none-10"]) { id } }`);
    expect(fetches.toSorted()).toEqual(['jobs', 'shows', 'users']);
  });

  test('a missing show: one fetch', async () => {
    const { response, ...cost } = await observe('{ show(slug: "show/not-there") { title addedBy { handle } } }');
    expect(response.data).toEqual({ show: null });
    expect(cost).toEqual({ fetches: ['shows'], requests: ['dynamodb BatchGetItem'] });
  });

  test('an invalid operation: nothing', async () => {
    const { response, ...cost } = await observe('{ shows { nonsense } }');
    expect(response.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(cost).toEqual({ fetches: [], requests: [] });
  });
});

test('a subscription delivers the change of a mutation, with fields of another service', async () => {
  const connectionParams = { 'x-dev-user-id': 'dev-freelancer-001' };
  const query = 'subscription { showChanged { title addedBy { handle } } }';
  const listening = subscribe({ url: `${graph.url}/graphql`, query, connectionParams });
  const event = listening.next();
  const importShows = 'mutation ($input: ImportShowsInput!) { importShows(input: $input) { results { __typename } } }';
  // Subscriptions are not acknowledged, so the test imports shows until an event arrives.
  do {
    const input = { payload: [{ slug: `show/premiere-${randomUUID()}`, title: 'Premiere' }] };
    const { errors } = await post(`${graph.url}/graphql`, importShows, { input }, { 'x-dev-user-id': 'dev-admin-001' });
    expect(errors).toEqual([]);
  } while (!(await Promise.race([event.then(() => true), wait(200, false)])));
  expect(await event).toEqual({ data: { showChanged: { title: 'Premiere', addedBy: { handle: 'ines_falk' } } } });
  await listening.unsubscribe();
});

/** The headers of a user whose principal the gateway has cached. */
async function cachedUser(sub: string): Promise<Record<string, string>> {
  const headers = { 'x-dev-user-id': sub };
  await observe('{ me { id } }', {}, headers);
  return headers;
}

async function observe(document: string, variables: object = {}, headers: Record<string, string> = {}) {
  const fetches: string[] = [];
  const note = (message: unknown): void => {
    const port = String((message as { socket: Socket }).socket.localPort);
    fetches.push(...Object.keys(services).filter((name) => new URL(services[name]!.url).port === port));
  };
  subscribeChannel('http.server.request.start', note);
  try {
    const { result, requests } = await observeStores<GraphqlResponse>(() =>
      post(`${graph.url}/graphql`, document, variables, headers),
    );
    return { response: result, fetches, requests: requests.map(summarize) };
  } finally {
    unsubscribeChannel('http.server.request.start', note);
  }
}

/** The store, the verb, and the table or index, without the generated names of this run. */
function summarize({ store, statement }: StoreRequest): string {
  if (store === 'dynamodb') return `dynamodb ${statement.replace(/ t_[0-9a-f]+/, '')}`;
  const [verb = ''] = /^\w+/.exec(statement.trim()) ?? [];
  const table = /\b(?:from|into|update)\s+(?:"?t_[0-9a-f]+"?\.)?"?(\w+)/i.exec(statement)?.[1] ?? '';
  return `postgres ${verb.toUpperCase()} ${table}`.trim();
}
