import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
  await Promise.all([users.close(), posts.close()]);
});

test.each<[string, object]>([
  ['a query', { query: '{ posts { title author { name } } }' }],
  [
    'a named query with variables',
    {
      query: 'query A($c: String!) { failing(code: $c) posts { id } }',
      operationName: 'A',
      variables: { c: 'CONFLICT' },
    },
  ],
  ['one of several operations', { query: 'query A { caller } query B { posts { id } }', operationName: 'B' }],
  ['null parameters', { query: '{ caller }', operationName: null, variables: null }],
  ['a mutation', { query: 'mutation { rename(name: "Ada") { name } }' }],
  ['an error from a service', { query: '{ crashing posts { id } }' }],
  ['a variable of the wrong type', { query: 'query ($c: String!) { failing(code: $c) }', variables: { c: 7 } }],
  ['a missing variable', { query: 'query ($c: String!) { failing(code: $c) }' }],
  ['an unknown operation name', { query: '{ caller }', operationName: 'B' }],
  ['a syntax error', { query: '{ caller' }],
  ['an unknown field', { query: '{ nothing }' }],
  ['a subscription', { query: 'subscription { nothing }' }],
  ['introspection', { query: '{ __schema { queryType { name } } }' }],
])('%s gets the same response on the fast path and through Apollo Server', async (_, body) => {
  const [fast, apollo] = await Promise.all(types.map((type) => post(body, type)));
  expect(fast).toEqual(apollo);
});

test.each<[string, object]>([
  ['a query that is not a string', { query: 7 }],
  ['variables that are not an object', { query: '{ caller }', variables: [] }],
  ['an empty object', {}],
])('%s gets the same status and code on the fast path and through Apollo Server', async (_, body) => {
  const [fast, apollo] = await Promise.all(types.map(async (type) => outcome(await post(body, type))));
  expect(fast).toEqual(apollo);
});

test.each<[string, Record<string, string>]>([
  ['a query', { query: '{ posts { title author { name } } }' }],
  ['variables', { query: 'query ($c: String!) { failing(code: $c) }', variables: '{"c":"CONFLICT"}' }],
  ['variables that are no object', { query: '{ caller }', variables: '7' }],
  ['variables that are no JSON', { query: '{ caller }', variables: '{' }],
  ['an empty operation name', { query: '{ caller }', operationName: '' }],
  ['a mutation', { query: 'mutation { rename(name: "Ada") { name } }' }],
  ['an unknown field', { query: '{ nothing }' }],
  ['an unknown hash', { extensions: `{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}` }],
])('GET with %s gets the same status and code on the fast path and through Apollo Server', async (_, params) => {
  const [fast, apollo] = await Promise.all(types.map(async (type) => outcome(await get(params, type))));
  expect(fast).toEqual(apollo);
});

test.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])(
  '%s with a query in the address gets 405 and runs nothing',
  async (method) => {
    users.received = [];
    const { status } = await send('/graphql?query=%7Bcaller%7D', { method, headers: { 'content-type': types[0] } });
    expect([status, users.received]).toEqual([405, []]);
  },
);

/** Apollo Server reads the second one like the first; the fast path leaves it to Apollo Server. */
const types = ['application/json', 'APPLICATION/JSON'] as const;

interface Response {
  status: number;
  headers: [string, string][];
  text: string;
}

function outcome({ status, text }: Response): object {
  const { data, errors = [] } = JSON.parse(text) as { data?: object; errors?: { extensions: { code: string } }[] };
  return { status, data, codes: errors.map(({ extensions }) => extensions.code) };
}

function post(body: object, type: string): Promise<Response> {
  return send('/graphql', { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });
}

function get(params: Record<string, string>, type: string): Promise<Response> {
  return send(`/graphql?${new URLSearchParams(params).toString()}`, { headers: { 'content-type': type } });
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`${gateway.url}${path}`, init);
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status: response.status, headers, text: await response.text() };
}
