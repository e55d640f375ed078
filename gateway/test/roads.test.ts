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
    'a named one with variables',
    {
      query: 'query A($c: String!) { failing(code: $c) posts { id } }',
      operationName: 'A',
      variables: { c: 'CONFLICT' },
    },
  ],
  ['one of several', { query: 'query A { caller } query B { posts { id } }', operationName: 'B' }],
  ['nulls in place of nothing', { query: '{ caller }', operationName: null, variables: null }],
  ['a mutation', { query: 'mutation { rename(name: "Ada") { name } }' }],
  ['an error of a service', { query: '{ crashing posts { id } }' }],
  ['a variable of the wrong type', { query: 'query ($c: String!) { failing(code: $c) }', variables: { c: 7 } }],
  ['a variable that is missing', { query: 'query ($c: String!) { failing(code: $c) }' }],
  ['no operation of the name', { query: '{ caller }', operationName: 'B' }],
  ['a document that does not parse', { query: '{ caller' }],
  ['a field that is not there', { query: '{ nothing }' }],
  ['a subscription', { query: 'subscription { nothing }' }],
  ['what the schema is', { query: '{ __schema { queryType { name } } }' }],
  ['a query that is no text', { query: 7 }],
  ['variables that are no object', { query: '{ caller }', variables: [] }],
  ['nothing', {}],
])('%s is answered alike on the short road and on the long one', async (_, body) => {
  const [short, long] = await Promise.all(
    ['application/json', 'application/json;q=1'].map((accept) => send(body, accept)),
  );
  expect(short).toEqual(long);
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
