import { subscriptionDirectives } from '@marquee/chassis/graphql/subgraph-schema';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { textFile } from '../fixtures/sample-graph.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { manifestOf, overMultipart, overSse, overSocket, type Reply, sha256 } from '../fixtures/transport-clients.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

/** The transports of a subscription, with the document in full or the hash of a trusted document. */
const sends: Record<string, (query: string, more?: Sent) => Promise<Reply>> = {
  WS: (query, more) => overSocket(gateway.url, { query }, more?.headers),
  SSE: (query, more) => overSse(gateway.url, { query }, more?.headers),
  multipart: (query, more) => overMultipart(gateway.url, { query }, more?.headers),
  'WS by documentId': (query, more) =>
    overSocket(gateway.url, { query: '', documentId: `sha256:${sha256(query)}` }, more?.headers),
  'SSE by documentId': (query, more) => overSse(gateway.url, { documentId: sha256(query) }, more?.headers),
  'multipart by documentId': (query, more) => overMultipart(gateway.url, { documentId: sha256(query) }, more?.headers),
  'WS by its hash': (query, more) => overSocket(gateway.url, { query: '', extensions: hashOf(query) }, more?.headers),
  'SSE by its hash': (query, more) => overSse(gateway.url, { extensions: hashOf(query) }, more?.headers),
};

interface Sent {
  headers?: Record<string, string>;
}

const oversized: [attack: string, query: string, message: string][] = [
  ['nests fields', posted(`${'reply { '.repeat(11)}text${' }'.repeat(11)}`), 'levels of fields'],
  ['nests fields through fragments', `${posted('...F0')} ${nestedFragments(12)}`, 'levels of fields'],
  ['selects one field under many aliases', posted(times(31, (i) => `a${i}: text`)), 'aliases'],
  ['has many directives', posted(times(51, () => 'text @include(if: true)')), 'directives'],
  ['has many tokens', posted('text '.repeat(2000)), '2000 tokens'],
  ['has fragments that double thirty times', `${posted('...F0')} ${doubling(30)}`, 'fragments expanded'],
  ['has a fragment cycle', `${posted('...A')} fragment A on Post { reply { ...A } }`, 'contains itself'],
  ['selects the same field many times', posted('reply { text } '.repeat(400)), 'too often'],
  ['nests unbounded lists', posted('replies { replies { replies { replies { text } } } }'), 'may cost at most'],
  ['selects a long page', posted('page(first: 5001) { list { text } }'), 'may cost at most'],
  [
    'selects a long page by the default of a variable',
    'subscription ($n: Int = 5001) { posted { page(first: $n) { list { text } } } }',
    'may cost at most',
  ],
  ['selects fields with a high cost', posted(times(11, (i) => `d${i}: reply { dear }`)), 'may cost at most'],
  ['lacks a slicing argument', posted('page { list { text } }'), 'needs exactly one argument of'],
  ['needs many fetches', posted(times(30, (i) => `a${i}: reply { author { name } }`)), 'at most 30 fetches'],
  ['guesses a field name', posted('tex'), 'Cannot query field "tex" on type "Post".'],
];

const deniedFields = {
  nested: posted('text secret'),
  inReply: posted('text reply { text secret }'),
  root: 'subscription { whispered { text } }',
};

let rooms: RoomsSubgraph;
let people: Subgraph;
let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  [rooms, people, issuer] = await Promise.all([openRooms(sdl), openPeople(), openIssuer()]);
  const documents = [...oversized.map(([, query]) => query), ...Object.values(deniedFields), posted('text')];
  gateway = await openGateway([people, rooms], {
    issuer,
    TRUSTED_DOCUMENTS: 'on',
    TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf(documents)),
  });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([rooms.close(), people.close(), issuer.close()]);
});

beforeEach(() => {
  rooms.allStreams.length = 0;
});

describe.each(Object.entries(sends))('over %s', (name, send) => {
  test.each(oversized)('a subscription that %s is refused before its stream is opened', async (_, query, message) => {
    const { status, data, errors } = await send(query);
    expect([data ?? null, errors[0]?.extensions?.['code'], errors[0]?.message]).toEqual([
      null,
      'BAD_USER_INPUT',
      expect.stringContaining(message),
    ]);
    // Over server-sent events a plan is checked when the stream is open already.
    expect(name.startsWith('WS') ? [0] : [400, 200]).toContain(status);
    expect(rooms.allStreams).toEqual([]);
  });

  test('a guest gets null and UNAUTHENTICATED for a field of an event, and the rest of it', async () => {
    const { data, errors } = await firstEvent(send(deniedFields.nested));
    expect(data).toEqual({ posted: { text: 'news', secret: null } });
    expect(errors).toMatchObject([{ path: ['posted', 'secret'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('a caller with the scope gets the field', async () => {
    const headers = bearer(await issuer.machineToken('marquee/posts.secret'));
    const { data, errors } = await firstEvent(send(deniedFields.nested, { headers }));
    expect([data, errors]).toEqual([{ posted: { text: 'news', secret: 'of news' } }, []]);
  });

  test('an identified caller without the scope gets FORBIDDEN for the field', async () => {
    const headers = bearer(await issuer.machineToken('marquee/other'));
    const { data, errors } = await firstEvent(send(deniedFields.nested, { headers }));
    expect(data).toEqual({ posted: { text: 'news', secret: null } });
    expect(errors).toMatchObject([{ path: ['posted', 'secret'], extensions: { code: 'FORBIDDEN' } }]);
  });

  test('a subscription whose root field is denied is refused', async () => {
    const { data, errors } = await send(deniedFields.root);
    expect([data ?? null, errors[0]?.extensions?.['code']]).toEqual([null, 'UNAUTHENTICATED']);
    expect(rooms.allStreams).toEqual([]);
  });

  if (name.includes('by'))
    test('an unknown hash gets PERSISTED_QUERY_NOT_FOUND', async () => {
      const { errors } = await send(posted('sequence'));
      expect(errors[0]?.extensions?.['code']).toBe('PERSISTED_QUERY_NOT_FOUND');
    });
});

describe('a gateway that runs trusted documents only', () => {
  test.each(['WS', 'SSE'])('refuses any other subscription over %s', async (name) => {
    const strict = await openGateway([people, rooms], {
      TRUSTED_DOCUMENTS: 'only',
      TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf([posted('text')])),
    });
    const over = name === 'WS' ? overSocket : overSse;
    const { errors } = await over(strict.url, { query: posted('text sequence') });
    expect(errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
    const trusted = await firstEvent(over(strict.url, { query: '', documentId: sha256(posted('text')) }));
    expect(trusted.data).toEqual({ posted: { text: 'news' } });
    await strict.close();
  });
});

/** The first event of a subscription; posts until there is one. */
async function firstEvent(subscribing: Promise<Reply>): Promise<Reply> {
  const posting = setInterval(() => {
    if (rooms.openStreams.length > 0) rooms.post('news');
  }, 20);
  return subscribing.finally(() => clearInterval(posting));
}

function hashOf(query: string): object {
  return { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
}

function posted(selection: string): string {
  return `subscription { posted { ${selection} } }`;
}

function nestedFragments(depth: number): string {
  const fragments = Array.from({ length: depth }, (_, i) => `fragment F${i} on Post { reply { ...F${i + 1} } }`);
  return `${fragments.join(' ')} fragment F${depth} on Post { text }`;
}

function doubling(count: number): string {
  const fragments = Array.from({ length: count }, (_, i) => `fragment F${i} on Post { ...F${i + 1} ...F${i + 1} }`);
  return `${fragments.join(' ')} fragment F${count} on Post { text }`;
}

function times(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join(' ');
}

const sdl = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective", "@authenticated", "@requiresScopes", "@cost", "@listSize"])
  ${subscriptionDirectives}
  type Query { size: Int }
  type Subscription {
    posted(room: String, after: Int): Post! @resumable(argument: "after", cursor: "sequence")
    whispered: Post @authenticated
    alarm: Alarm!
  }
  type Post {
    sequence: Int!
    text: String!
    reply: Post
    replies: [Post!]!
    page(first: Int): Page! @listSize(slicingArguments: ["first"], sizedFields: ["list"])
    secret: String @requiresScopes(scopes: [["posts.secret"]])
    dear: String @cost(weight: 500)
    author: User!
  }
  type Page { list: [Post!]! }
  type Alarm { place: Place heardBy: String }
  type Place { name: String! }
  type User @key(fields: "id", resolvable: false) { id: ID! }
`;
