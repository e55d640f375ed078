import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openFriends, openTrades } from '../fixtures/friends-subgraph.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { textFile } from '../fixtures/sample-graph.js';
import {
  codeOf,
  get,
  manifestOf,
  post,
  transports,
  type OperationRequest,
  sha256,
} from '../fixtures/transport-clients.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const oversized: [attack: string, sent: OperationRequest, message: string][] = [
  ['nests fields', { query: nested(13) }, 'levels of fields'],
  ['nests fields through fragments', { query: nestedFragments(13) }, 'levels of fields'],
  ['selects one field under many aliases', { query: `{ person { ${times(31, (i) => `a${i}: id`)} } }` }, 'aliases'],
  [
    'spreads a fragment of aliases',
    { query: `{ person { ...A friend { ...A } } } fragment A on Person { ${times(16, (i) => `a${i}: id`)} }` },
    'aliases',
  ],
  ['has many root fields', { query: `{ ${times(21, () => 'person { id }')} }` }, 'root fields'],
  ['has many directives', { query: `{ person { ${times(51, () => 'id @include(if: true)')} } }` }, 'directives'],
  ['has many tokens', { query: `{ person { ${'id '.repeat(2000)} } }` }, '2000 tokens'],
  [
    'has many operations that do not run',
    { query: `{ person { id } } ${times(700, (i) => `query Q${i} { a }`)}` },
    '2000 tokens',
  ],
  ['has fragments that double thirty times', { query: doubling(30) }, 'fragments expanded'],
  [
    'has a fragment cycle of one',
    { query: '{ person { ...A } } fragment A on Person { friend { ...A } }' },
    'contains itself',
  ],
  [
    'has a fragment cycle of two',
    { query: '{ person { ...A } } fragment A on Person { friend { ...B } } fragment B on Person { friend { ...A } }' },
    'contains itself',
  ],
  ['selects the same field many times', { query: `{ person { ${'friend { id } '.repeat(400)} } }` }, 'too often'],
  [
    'nests unbounded lists',
    { query: '{ person { everyone { everyone { everyone { everyone { id } } } } } }' },
    'may cost at most',
  ],
  ['selects a long page', { query: '{ people(first: 5001) { id } }' }, 'may cost at most'],
  [
    'selects a long page by a variable',
    { query: 'query ($n: Int) { people(first: $n) { id } }', variables: { n: 5001 } },
    'may cost at most',
  ],
  [
    'selects a long page by the default of a variable',
    { query: 'query ($n: Int = 5001) { people(first: $n) { id } }' },
    'may cost at most',
  ],
  [
    'nests pages',
    { query: '{ person { friends(last: 100) { list { friends(first: 100) { list { id } } } } } }' },
    'may cost at most',
  ],
  [
    'selects fields with a high cost',
    { query: `{ ${times(11, (i) => `p${i}: person { portrait }`)} }` },
    'may cost at most',
  ],
  ['lacks a slicing argument', { query: '{ person { friends { list { id } } } }' }, 'needs exactly one argument of'],
  [
    'needs many fetches',
    { query: `{ ${times(16, (i) => `p${i}: person { friend { trade friend { trade } } }`)} }` },
    'at most 30 fetches',
  ],
  ['guesses a field name', { query: '{ persan { id } }' }, 'Cannot query field "persan" on type "Query".'],
  [
    'selects entities, as only the gateway may',
    { query: '{ _entities(representations: []) { __typename } }' },
    '_entities',
  ],
  ['selects the SDL of a service', { query: '{ _service { sdl } }' }, '_service'],
];

const atTheLimit: [use: string, sent: OperationRequest][] = [
  ['has as many levels as allowed', { query: nested(12) }],
  ['has as many aliases as allowed', { query: `{ person { ${times(30, (i) => `a${i}: id`)} } }` }],
  [
    'nests a page in a page',
    { query: '{ person { friends(first: 40) { list { friends(first: 40) { list { id } } } } } }' },
  ],
  [
    'has variables named like properties of prototypes',
    {
      query: 'query ($n: Int) { people(first: $n) { id } }',
      variables: JSON.parse('{"__proto__":{"n":9999},"constructor":{"prototype":{"n":9999}}}') as Record<
        string,
        unknown
      >,
    },
  ],
];

/** Over server-sent events a plan is checked when the stream is open already. */
const statuses: Record<string, number[]> = {
  ...Object.fromEntries(Object.keys(transports).map((name) => [name, [400]])),
  SSE: [400, 200],
  WS: [0],
};

let gateway: Gateway;
let services: Subgraph[];

beforeAll(async () => {
  services = await Promise.all([openFriends(), openTrades()]);
  const documents = [...oversized, ...atTheLimit].map(([, { query }]) => query);
  gateway = await openGateway(services, {
    NODE_ENV: 'production',
    TRUSTED_DOCUMENTS: 'on',
    TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf(documents)),
  });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all(services.map((service) => service.close()));
});

beforeEach(() => {
  for (const service of services) service.received = [];
});

describe.each(Object.entries(transports))('over %s', (name, send) => {
  test.each(oversized)('a document that %s is refused before any fetch', async (_, sent, message) => {
    const reply = await send(gateway.url, sent);
    expect([reply.data ?? null, codeOf(reply), reply.errors[0]?.message]).toEqual([
      null,
      'BAD_USER_INPUT',
      expect.stringContaining(message),
    ]);
    expect(reply.errors[0]?.message).not.toContain('Did you mean');
    expect(statuses[name]).toContain(reply.status);
    expect(services.flatMap(({ received }) => received)).toEqual([]);
  });

  test.each(atTheLimit)('a document that %s runs', async (_, sent) => {
    expect(await send(gateway.url, sent)).toMatchObject({ errors: [], data: {} });
    expect(({} as Record<string, unknown>)['n']).toBeUndefined();
  });

  test('guests may not introspect the schema', async () => {
    const sent = { query: '{ __schema { types { name } } }' };
    const reply = await (name === 'trusted document' ? transports.POST : send)(gateway.url, sent);
    expect([reply.data ?? null, codeOf(reply)]).toEqual([null, 'FORBIDDEN']);
  });
});

describe('a persisted document', () => {
  const query = '{ person { id friend { id } } }';

  test('runs by its hash alone once it is registered, over POST and GET', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
    const first = await post(gateway.url, { extensions });
    expect([first.status, codeOf(first)]).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    await post(gateway.url, { query, extensions });
    for (const reply of [
      await post(gateway.url, { extensions }),
      await get(gateway.url, { extensions: JSON.stringify(extensions) }),
    ])
      expect(reply.data).toEqual({ person: { id: '1', friend: { id: '2' } } });
  });

  test.each([
    ['does not have the given hash', { version: 1, sha256Hash: sha256('{ other }') }],
    ['has a hash of another length', { version: 1, sha256Hash: 'abc' }],
    ['has another protocol version', { version: 2, sha256Hash: sha256(query) }],
    ['has a hash that is an object', { version: 1, sha256Hash: { toString: 'x' } }],
    ['is described by a string', 'yes'],
  ])('that %s gets BAD_USER_INPUT', async (_, persistedQuery) => {
    const reply = await post(gateway.url, { query, extensions: { persistedQuery } });
    expect([reply.status, codeOf(reply)]).toEqual([400, 'BAD_USER_INPUT']);
  });

  test('that is refused is not registered', async () => {
    const [, { query: refused }] = oversized[0]!;
    const text = refused.replace('{', '{ __typename ');
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(text) } };
    await post(gateway.url, { query: text, extensions });
    expect(codeOf(await post(gateway.url, { extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });
});

describe('a gateway that runs trusted documents only', () => {
  const trusted = '{ person { id } }';
  let strict: Gateway;

  beforeAll(async () => {
    strict = await openGateway(services, {
      TRUSTED_DOCUMENTS: 'only',
      TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf([trusted])),
    });
  });

  afterAll(() => strict.close());

  test.each(Object.entries(transports))('runs them over %s', async (_, send) => {
    expect(await send(strict.url, { query: trusted })).toMatchObject({ data: { person: { id: '1' } }, errors: [] });
  });

  test.each(Object.entries(transports))('refuses all others over %s', async (_, send) => {
    expect(codeOf(await send(strict.url, { query: '{ person { friend { id } } }' }))).toBe('FORBIDDEN');
  });
});

function nested(depth: number): string {
  return `{ person { ${'friend { '.repeat(depth - 2)}id${' }'.repeat(depth - 2)} } }`;
}

function nestedFragments(depth: number): string {
  const fragments = Array.from({ length: depth - 2 }, (_, i) => `fragment F${i} on Person { friend { ...F${i + 1} } }`);
  return `{ person { ...F0 } } ${fragments.join(' ')} fragment F${depth - 2} on Person { id }`;
}

function doubling(count: number): string {
  const fragments = Array.from({ length: count }, (_, i) => `fragment F${i} on Person { ...F${i + 1} ...F${i + 1} }`);
  return `{ person { ...F0 } } ${fragments.join(' ')} fragment F${count} on Person { id }`;
}

function times(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join(' ');
}
