import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import { supergraphFile, textFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';
import {
  codeOf,
  get,
  manifestOf,
  overSse,
  overSocket,
  post,
  type Reply,
  sha256,
} from './fixtures/transport-clients.js';

/** The parameters of a request, and the gateway and the token that it is sent with. */
interface Request {
  query?: string;
  operationName?: string;
  variables?: Record<string, unknown>;
  extensions?: Record<string, unknown>;
  onError?: unknown;
  gateway?: keyof typeof gateways;
  isPartner?: boolean;
}

type Send = (url: string, params: object, headers: Record<string, string>) => Promise<Reply>;

/** Only the first Accept header takes the fast path; the second makes Apollo Server negotiate. */
const http: Record<string, Send> = {
  'POST on the fast path': (url, params, headers) => post(url, params, { ...headers, accept: 'application/json' }),
  'POST through Apollo Server': (url, params, headers) =>
    post(url, params, { ...headers, accept: 'application/json;q=1' }),
  GET: (url, params, headers) => get(url, searchParams(params), headers),
};
const live: Record<string, Send> = {
  'server-sent events': (url, params, headers) => overSse(url, params, headers),
  WebSocket: (url, params, headers) => overSocket(url, { query: '', ...params }, headers),
};

type Case = [refused: string, request: Request, status: number, code: string, message: string];

const cases: Case[] = [
  ['a request without a document', { extensions: {} }, 400, 'BAD_USER_INPUT', 'query: expected a GraphQL document'],
  [
    'an unknown value of onError',
    { query: '{ __typename }', onError: 'null' },
    400,
    'BAD_USER_INPUT',
    'onError: expected "NULL", "PROPAGATE" or "HALT"',
  ],
  ['a syntax error', { query: '{ hello' }, 400, 'BAD_USER_INPUT', 'Syntax Error: Expected Name, found <EOF>.'],
  ['an unknown field', { query: '{ helo }' }, 400, 'BAD_USER_INPUT', 'Cannot query field "helo" on type "Query".'],
  ['too many levels', { query: nested(13) }, 400, 'BAD_USER_INPUT', 'at most 12 levels of fields; this one has 13'],
  ['too many aliases', { query: aliases(31) }, 400, 'BAD_USER_INPUT', 'at most 30 aliases; this one has 31'],
  ['too high a cost', { query: '{ list(first: 9000) { id } }' }, 400, 'BAD_USER_INPUT', 'may cost at most 5000'],
  ['too large a response', { query: '{ texts { text } }' }, 400, 'BAD_USER_INPUT', 'may have at most 4194304 bytes'],
  [
    'a fragment cycle',
    { query: '{ ...A } fragment A on Query { ...A }' },
    400,
    'BAD_USER_INPUT',
    '"A" contains itself',
  ],
  [
    'a subscription with a condition on its field',
    { query: 'subscription ($on: Boolean!) { ticks @include(if: $on) }', variables: { on: true } },
    400,
    'BAD_USER_INPUT',
    'query: the field of a subscription must not have @include',
  ],
  [
    'an unknown operation name',
    { query: 'query A { hello } query B { hello }', operationName: 'C' },
    400,
    'BAD_USER_INPUT',
    'operationName: the document has no operation named "C"',
  ],
  [
    'a missing operation name',
    { query: 'query A { hello } query B { hello }' },
    400,
    'BAD_USER_INPUT',
    'operationName: expected the name of one of the 2 operations in the document',
  ],
  [
    'a variable of the wrong type',
    { query: 'query ($n: Int) { list(first: $n) { id } }', variables: { n: 'many' } },
    400,
    'BAD_USER_INPUT',
    'Variable "$n" got invalid value "many"',
  ],
  [
    'a missing variable',
    { query: 'query ($n: Int!) { list(first: $n) { id } }' },
    400,
    'BAD_USER_INPUT',
    'Variable "$n" of required type "Int!" was not provided.',
  ],
  [
    'introspection without its scope',
    { query: '{ __schema { description } }', gateway: 'production' },
    403,
    'FORBIDDEN',
    'Introspection needs the scope graph.explore.',
  ],
  [
    'a field outside the contract of a partner',
    { query: '{ internal }', isPartner: true },
    403,
    'FORBIDDEN',
    'The document selects something outside the partner schema',
  ],
  [
    'an unknown persisted query',
    { extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ hello }') } } },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
    'PersistedQueryNotFound',
  ],
  [
    'a persisted query with the hash of another one',
    { query: '{ hello }', extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ internal }') } } },
    400,
    'BAD_USER_INPUT',
    'extensions.persistedQuery.sha256Hash: expected the SHA-256 of the query',
  ],
  [
    'a malformed persisted query',
    { extensions: { persistedQuery: { version: 2 } } },
    400,
    'BAD_USER_INPUT',
    'extensions.persistedQuery: expected { version: 1, sha256Hash }',
  ],
  [
    'a document that is not trusted',
    { query: '{ internal }', gateway: 'trusted' },
    403,
    'FORBIDDEN',
    'This gateway runs trusted documents only',
  ],
];

let catalogue: Subgraph;
let issuer: Issuer;
let partner: Record<string, string>;
let gateways: Record<'open' | 'production' | 'trusted', Gateway>;

beforeAll(async () => {
  [catalogue, issuer] = await Promise.all([openCatalogue(), openIssuer()]);
  const contract = { ...catalogue, sdl: catalogue.sdl.replace('internal: String', '$& @inaccessible') };
  const [open, production, trusted] = await Promise.all([
    openGateway([catalogue], {
      issuer,
      COGNITO_CLIENT_IDS: 'partner',
      PARTNER_CLIENT_IDS: 'partner',
      PARTNER_SUPERGRAPH: await supergraphFile([contract]),
    }),
    openGateway([catalogue], { NODE_ENV: 'production' }),
    openGateway([catalogue], {
      TRUSTED_DOCUMENTS: 'only',
      TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf(['{ hello }'])),
    }),
  ]);
  gateways = { open, production, trusted };
  partner = bearer(await issuer.userToken('partner', { client_id: 'partner' }));
});

afterAll(async () => {
  await Promise.all(Object.values(gateways).map((gateway) => gateway.close()));
  await Promise.all([catalogue.close(), issuer.close()]);
});

beforeEach(() => {
  catalogue.received = [];
});

describe.each(Object.entries({ ...http, ...live }))('over %s', (name, send) => {
  test.each(cases)('%s is refused before any fetch', async (_, request, status, code, message) => {
    const reply = await sent(send, request);
    expect([codeOf(reply), reply.errors[0]?.message]).toEqual([code, expect.stringContaining(message)]);
    expect([reply.status, reply.data ?? null]).toEqual([name === 'WebSocket' ? 0 : status, null]);
    expect(catalogue.received).toEqual([]);
  });

  test('a field that is denied to the caller is null with an error', async () => {
    const reply = await sent(send, { query: '{ hello secret }' });
    expect(reply.data).toEqual({ hello: 'world', secret: null });
    expect([codeOf(reply), reply.errors[0]?.path]).toEqual(['UNAUTHENTICATED', ['secret']]);
  });

  test('the chosen operation of a valid document runs', async () => {
    const query = 'query A { hello } query B($n: Int) { list(first: $n) { id } }';
    const reply = await sent(send, { query, operationName: 'B', variables: { n: 1 } });
    expect([reply.data, reply.errors]).toEqual([{ list: [{ id: '1' }] }, []]);
  });
});

test.each(cases)('%s is refused with the same error over every transport', async (_, request) => {
  const replies = await Promise.all(Object.values({ ...http, ...live }).map((send) => sent(send, request)));
  expect(replies.map(({ errors }) => errors)).toEqual(replies.map(() => replies[0]?.errors));
});

test.each(Object.entries(http))('a subscription over %s is refused', async (_, send) => {
  const reply = await sent(send, { query: 'subscription { ticks }' });
  expect([reply.status, codeOf(reply)]).toEqual([400, 'BAD_USER_INPUT']);
  expect(reply.errors[0]?.message).toContain('a subscription needs graphql-transport-ws');
});

test.each(Object.entries(live))('a subscription without access to its field is refused over %s', async (name, send) => {
  const reply = await sent(send, { query: 'subscription { secrets }' });
  expect([reply.status, codeOf(reply)]).toEqual([name === 'WebSocket' ? 0 : 401, 'UNAUTHENTICATED']);
});

test('a mutation over GET is refused with 405, and runs over every other transport', async () => {
  const { GET, ...others } = { ...http, ...live };
  const request = { query: 'mutation { add }' };
  const refused = await sent(GET!, request);
  expect([refused.status, codeOf(refused), catalogue.received]).toEqual([405, 'BAD_USER_INPUT', []]);
  expect(refused.errors[0]?.message).toBe('query: a mutation must be sent by POST; GET carries queries only');
  for (const send of Object.values(others)) expect((await sent(send, request)).data).toEqual({ add: 1 });
});

test.each([
  ['is a list', [{ query: '{ hello }' }], 'body'],
  ['has a query that is not a string', { query: 7 }, 'query'],
  ['has an operation name that is not a string', { query: '{ hello }', operationName: 7 }, 'operationName'],
  ['has variables that are not an object', { query: '{ hello }', variables: [] }, 'variables'],
  ['has extensions that are not an object', { query: '{ hello }', extensions: '' }, 'extensions'],
])('a body that %s is refused with the same error over POST and server-sent events', async (_, body, path) => {
  const sends = [http['POST on the fast path']!, http['POST through Apollo Server']!, live['server-sent events']!];
  const replies = await Promise.all(sends.map((send) => send(gateways.open.url, body, {})));
  expect(replies.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(replies.map(({ errors }) => errors)).toEqual(replies.map(() => replies[0]?.errors));
  expect(replies[0]?.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path }] });
});

function sent(send: Send, { gateway = 'open', isPartner = false, ...params }: Request): Promise<Reply> {
  return send(gateways[gateway].url, params, isPartner ? partner : {});
}

function searchParams(params: object): Record<string, string> {
  const texts = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

function nested(depth: number): string {
  return `{ list { ${'parent { '.repeat(depth - 2)}id${' }'.repeat(depth - 2)} } }`;
}

function aliases(count: number): string {
  return `{ ${Array.from({ length: count }, (_, index) => `a${index}: hello`).join(' ')} }`;
}

function openCatalogue(): Promise<Subgraph> {
  return openSubgraph({
    name: 'catalogue',
    sdl: `
      type Query {
        hello: String
        internal: String
        secret: String @authenticated
        texts: [LongText!]! @listSize(assumedSize: 100)
        list(first: Int = 1): [Item!]! @listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)
      }
      type LongText { text: String @textLength(max: 30000) }
      extend schema
        @link(url: "https://marquee.example/size/v1.0", import: ["@textLength"])
        @composeDirective(name: "@textLength")
      directive @textLength(max: Int!) on FIELD_DEFINITION
      type Mutation { add: Int }
      type Subscription { ticks: Int secrets: Int @authenticated }
      type Item { id: ID! parent: Item }
    `,
    resolvers: {
      Query: { hello: () => 'world', list: () => [{ id: '1' }] },
      Mutation: { add: () => 1 },
    },
  });
}
