import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { cacheDirectives } from './fixtures/cache-directives.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let shows: Subgraph;
let ratings: Subgraph;
let gateway: Gateway;

beforeAll(async () => {
  [users, shows, ratings] = await Promise.all([openUsers(), openShows(), openRatings()]);
  gateway = await openGateway([users, shows, ratings], { DEV_IDENTITY: 'true' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users, shows, ratings].map((opened) => opened.close()));
});

afterEach(() => {
  shows.headers = {};
  ratings.headers = {};
});

describe('the header Cache-Control', () => {
  test.each([
    ['{ show { title } }', 'max-age=60, public'],
    ['{ show { title stars } }', 'max-age=20, public'],
    ['{ show { title rank } }', 'no-store'],
    ['{ show { title } later }', 'no-store'],
    ['{ show { title isSeen } }', 'max-age=60, private'],
    ['{ show { forGuests } }', 'max-age=60, public'],
    ['{ __typename }', 'no-store'],
    ['mutation { rate }', 'no-store'],
    ['{ unknown }', 'no-store'],
  ])('of %s is %s', async (query, expected) => {
    const { headers } = await send({ query });
    expect(headers.get('cache-control')).toBe(expected);
  });

  test('is no-store for a response with an error', async () => {
    const { headers, body } = await send({ query: '{ show { title broken } }' });
    expect(body.data?.show).toEqual({ title: 'Lassie', broken: null });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('is no-store while a service is unavailable', async () => {
    ratings.nextBehaviors = [{ status: 500, text: '' }];
    const { headers } = await send({ query: '{ show { title stars } }' });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('is private for a field that not everyone may have, and no-store for a caller who may not', async () => {
    const query = '{ show { title notes } }';
    const user = await send({ query }, { 'x-dev-user-id': 'anna' });
    expect(user.body.errors).toBeUndefined();
    expect(user.headers.get('cache-control')).toBe('max-age=60, private');
    expect((await send({ query })).headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['max-age=5, public', '0', 'max-age=5, public'],
    ['max-age=500, public', '0', 'max-age=20, public'],
    ['max-age=500, private', '0', 'max-age=20, private'],
    ['max-age=30, public', '29', 'max-age=1, public'],
    ['no-store', '0', 'no-store'],
  ])('allows at most as much as a service does with %s and the age %s', async (header, age, expected) => {
    ratings.headers = { 'cache-control': header, age };
    const { headers } = await send({ query: '{ show { title stars } }' });
    expect(headers.get('cache-control')).toBe(expected);
  });

  test('is the same for concurrent requests that share a fetch', async () => {
    shows.headers = { 'cache-control': 'max-age=7, public' };
    const responses = await Promise.all([1, 2, 3].map(() => send({ query: '{ show { title } }' })));
    expect(responses.map(({ headers }) => headers.get('cache-control'))).toEqual(Array(3).fill('max-age=7, public'));
  });

  test('follows the conditions of the request', async () => {
    const query = 'query ($all: Boolean!) { show { title rank @include(if: $all) } }';
    const ages = await Promise.all(
      [true, false].map(async (all) => (await send({ query, variables: { all } })).headers.get('cache-control')),
    );
    expect(ages).toEqual(['no-store', 'max-age=60, public']);
  });

  test('is sent with GET of a persisted query, for CDNs', async () => {
    const query = '{ show { title } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    await send({ query, extensions });
    const url = `${gateway.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await response.json()).toEqual({ data: { show: { title: 'Lassie' } } });
    expect(response.headers.get('cache-control')).toBe('max-age=60, public');
    expect(response.headers.get('vary')).toBe(vary);
  });

  test('is sent with every media type of a response', async () => {
    const { headers } = await send({ query: '{ show { title } }' }, { accept: 'application/graphql-response+json' });
    expect(headers.get('content-type')).toContain('application/graphql-response+json');
    expect(headers.get('cache-control')).toBe('max-age=60, public');
  });
});

describe('the header Vary', () => {
  test('keeps origins, media types and callers apart in caches', async () => {
    const { headers } = await send({ query: '{ show { title } }' });
    expect(headers.get('vary')).toBe(vary);
  });
});

const vary = 'origin, accept, authorization, x-dev-user-id, x-dev-role, x-dev-email';

async function send(body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { headers: response.headers, body: (await response.json()) as Body };
}

interface Body {
  data?: Record<string, unknown>;
  errors?: object[];
}

function openShows(): Promise<Subgraph> {
  const show = { id: '1', title: 'Lassie', isSeen: true, notes: 'n', forGuests: 'g' };
  return openSubgraph({
    name: 'shows',
    sdl: `${cacheDirectives}
      type Query { show: Show later: Int }
      type Mutation { rate: Int @cacheControl(maxAge: 60) }
      type Show @key(fields: "id") @cacheControl(maxAge: 60) {
        id: ID!
        title: String
        isSeen: Boolean @cacheControl(scope: PRIVATE)
        broken: String
        notes: String @authenticated
        forGuests: String @policy(policies: [["guest"], ["user"], ["scope:shows.read"]])
      }`,
    resolvers: {
      Query: { show: () => show, later: () => 1 },
      Mutation: { rate: () => 1 },
      Show: {
        broken: () => {
          throw new GraphQLError('broken');
        },
      },
    },
  });
}

function openRatings(): Promise<Subgraph> {
  return openSubgraph({
    name: 'ratings',
    sdl: `${cacheDirectives}
      type Show @key(fields: "id") {
        id: ID!
        stars: Int @cacheControl(maxAge: 20)
        rank: Int @cacheControl(maxAge: 0)
      }`,
    resolvers: { Show: { __resolveReference: () => ({ id: '1', stars: 5, rank: 1 }) } },
  });
}
