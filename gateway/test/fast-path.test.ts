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
  ['a query that is not a string', { query: 7 }],
  ['variables that are not an object', { query: '{ caller }', variables: [] }],
  ['an empty object', {}],
])('%s gets the same response on the fast path and through Apollo Server', async (_, body) => {
  const [fast, apollo] = await Promise.all(
    ['application/json', 'application/json;q=1'].map((accept) => send(body, accept)),
  );
  expect(fast).toEqual(apollo);
});

async function send(body: object, accept: string): Promise<object> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status: response.status, headers, text: await response.text() };
}
