import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

let shop: Subgraph;
let gateway: Gateway;

beforeAll(async () => {
  shop = await openSubgraph({
    name: 'shop',
    sdl: 'type Query { buy(code: String!): String }',
    resolvers: {
      Query: {
        buy: (_: unknown, { code }: { code: string }) => {
          const extensions = code === '' ? {} : { code, stacktrace: ['secret'], service: 'shop' };
          throw new GraphQLError(`message of ${code}`, { extensions });
        },
      },
    },
  });
  gateway = await openGateway([shop]);
});

afterAll(async () => {
  await gateway.close();
  await shop.close();
});

const internal = { message: 'An internal error occurred.', extensions: { code: 'INTERNAL' } };

test.each([
  ['SOLD_OUT', { message: 'message of SOLD_OUT', extensions: { code: 'SOLD_OUT', service: 'shop' } }],
  ['soldOut', { message: 'message of soldOut', extensions: { code: 'soldOut', service: 'shop' } }],
  ['NOT_FOUND', { message: 'message of NOT_FOUND', extensions: { code: 'NOT_FOUND', service: 'shop' } }],
  ['INTERNAL_SERVER_ERROR', internal],
  ['Internal', internal],
  ['', internal],
  ['sold out', internal],
  ['<script>', internal],
  ['A'.repeat(65), internal],
])('an error of a foreign subgraph with the code "%s" is shown or masked on every transport', async (code, error) => {
  const query = `{ buy(code: ${JSON.stringify(code)}) }`;
  const expected = { data: { buy: null }, errors: [{ ...error, path: ['buy'] }] };
  const { data, errors } = await gateway.query(query);
  expect({ data, errors }).toEqual(expected);
  const events = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  const [, event] = /data: (.*)/.exec(await events.text()) ?? [];
  expect(JSON.parse(event ?? '')).toEqual(expected);
  expect(await overSocket(query)).toEqual(expected);
});

async function overSocket(query: string): Promise<unknown> {
  const client = createClient({ url: `${gateway.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  try {
    return (await client.iterate({ query }).next()).value;
  } finally {
    await client.dispose();
  }
}
