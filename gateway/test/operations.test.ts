import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { userCaller } from '@marquee/testkit/callers';
import { testKeys } from '@marquee/testkit/test-keys';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let posts: Subgraph;
let gateway: Gateway;

beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
  gateway = await openGateway([users, posts]);
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users, posts].map((opened) => opened.close()));
});

beforeEach(() => {
  users.received = [];
  posts.received = [];
});

describe('an operation', () => {
  test('fetches from several services', async () => {
    const { data, errors } = await gateway.query('{ posts { title author { name } } }');
    expect(errors).toEqual([]);
    expect(data.posts[1]).toEqual({ title: 'Post 2', author: { name: 'User 2' } });
    expect(users.received).toHaveLength(1);
  });

  test('sends each service a caller that is signed for that service only', async () => {
    await gateway.query('{ posts { author { name } } }');
    expect([users.received[0]?.caller, posts.received[0]?.caller]).toEqual([{ kind: 'guest' }, { kind: 'guest' }]);
    expect(users.received[0]?.headers[callerHeader]).not.toBe(posts.received[0]?.headers[callerHeader]);
  });

  test('forwards its request id and its trace, and no header of the client', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'request-1234',
        traceparent: `00-${trace}-b7ad6b7169203331-01`,
        cookie: 'session=1',
        'x-api-key': 'mine',
        'x-forwarded-for': '10.0.0.1',
      },
      body: JSON.stringify({ query: '{ posts { id } }' }),
    });
    expect(response.headers.get('x-request-id')).toBe('request-1234');
    const { headers } = posts.received[0]!;
    expect(headers['x-request-id']).toBe('request-1234');
    expect(headers['traceparent']).toContain(trace);
    expect(Object.keys(headers).sort()).toEqual(
      [
        'accept',
        'connection',
        'content-length',
        'content-type',
        'host',
        'traceparent',
        callerHeader,
        'x-marquee-timeout',
        'x-request-id',
      ].sort(),
    );
  });

  test('forwards a trace state, unless it has characters that none may have', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const tracestate of ['a=b', 'a=\u00e9', 'a=\u0080'])
      expect((await gateway.query('{ posts { id } }', { traceparent, tracestate })).errors).toEqual([]);
    expect(posts.received.map(({ headers }) => headers['tracestate'])).toEqual(['a=b', undefined, undefined]);
  });

  test('ignores a signed caller that the client sends, even with a valid signature', async () => {
    const { signer } = await testKeys();
    const forged = await signer.sign(userCaller('ADMIN'), 'users');
    const { data } = await gateway.query('{ caller }', { [callerHeader]: forged });
    expect(JSON.parse(data.caller)).toEqual({ kind: 'guest' });
  });

  test('can be a mutation', async () => {
    const { data } = await gateway.query('mutation { rename(name: "Ada") { name } }');
    expect(data.rename.name).toBe('Ada');
  });
});

describe('an error from a service', () => {
  test('keeps its code, message, path and public extensions only', async () => {
    const { data, errors } = await gateway.query('{ failing(code: "CONFLICT") posts { id } }');
    expect(data.posts).toHaveLength(3);
    expect(errors).toEqual([
      {
        message: 'Refused with CONFLICT.',
        path: ['failing'],
        extensions: { code: 'CONFLICT', fields: [{ path: 'code', message: 'bad' }] },
      },
    ]);
  });

  test('is INTERNAL without its cause if the service did not expect it', async () => {
    const { errors } = await gateway.query('{ crashing }');
    expect(errors).toEqual([
      { message: 'An internal error occurred.', path: ['crashing'], extensions: { code: 'INTERNAL' } },
    ]);
  });
});

describe('an invalid document', () => {
  test.each([
    ['does not parse', '{ posts {'],
    ['selects an unknown field', '{ nothing }'],
    ['selects an inaccessible field', '{ principal(sub: "x") { id } }'],
    ['selects entities, as only the gateway may', '{ _entities(representations: []) { __typename } }'],
    ['selects the SDL of a service', '{ _service { sdl } }'],
    ['gives a variable the wrong type', 'query ($code: String!) { failing(code: $code) }'],
    ['has several operations without a name to choose', 'query A { caller } query B { caller }'],
  ])('gets BAD_USER_INPUT if it %s', async (_, query) => {
    const { status, errors } = await gateway.query(query);
    expect(status).toBe(400);
    expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect([users.received, posts.received]).toEqual([[], []]);
  });

  test('gets suggestions, but not in production', async () => {
    const production = await openGateway([users, posts], { NODE_ENV: 'production' });
    const messages = await Promise.all(
      [gateway, production].map(async (one) => (await one.query('{ postz { id } }')).errors[0]?.message),
    );
    expect(messages).toEqual([
      'Cannot query field "postz" on type "Query". Did you mean "posts"?',
      'Cannot query field "postz" on type "Query".',
    ]);
    await production.close();
  });
});

describe('GET', () => {
  const preflighted = { 'apollo-require-preflight': 'true' };

  test('runs queries', async () => {
    const response = await get('{ posts { id } }', preflighted);
    expect(await response.json()).toMatchObject({ data: { posts: [{ id: '1' }, { id: '2' }, { id: '3' }] } });
  });

  test('rejects a request that a foreign page could send without a preflight', async () => {
    expect((await get('{ posts { id } }')).status).toBe(400);
  });

  test('rejects mutations with 405', async () => {
    const response = await get('mutation { rename(name: "Ada") { name } }', preflighted);
    expect(response.status).toBe(405);
    expect(users.received).toEqual([]);
  });

  function get(query: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
  }
});

test('a form of a foreign page is rejected, since no preflight preceded it', async () => {
  const body = JSON.stringify({ query: 'mutation { rename(name: "Eve") { name } }' });
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body,
  });
  expect(response.status).toBe(400);
  expect(users.received).toEqual([]);
});

test('a batch of operations is rejected', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ caller }' }, { query: '{ caller }' }]),
  });
  expect(response.status).toBe(400);
  expect(users.received).toEqual([]);
});
