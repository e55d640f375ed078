import { subscriptionDirectives } from '@marquee/chassis/graphql/subgraph-schema';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { textFile } from '../fixtures/sample-graph.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { manifestOf, overSse, overSocket, type Reply, sha256 } from '../fixtures/transport-clients.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

/** Ways for a subscription to reach the gateway; a hash stands for a document that is trusted. */
const roads: Record<string, (query: string, more?: Sent) => Promise<Reply>> = {
  WS: (query, more) => overSocket(gateway.url, { query }, more?.headers),
  SSE: (query, more) => overSse(gateway.url, { query }, more?.headers),
  'WS by documentId': (query, more) =>
    overSocket(gateway.url, { query: '', documentId: `sha256:${sha256(query)}` }, more?.headers),
  'SSE by documentId': (query, more) => overSse(gateway.url, { documentId: sha256(query) }, more?.headers),
  'WS by its hash': (query, more) => overSocket(gateway.url, { query: '', extensions: hashOf(query) }, more?.headers),
  'SSE by its hash': (query, more) => overSse(gateway.url, { extensions: hashOf(query) }, more?.headers),
};

interface Sent {
  headers?: Record<string, string>;
}

const tooMuch: [attack: string, query: string, says: string][] = [
  ['nests fields', posted(`${'reply { '.repeat(11)}text${' }'.repeat(11)}`), 'levels of fields'],
  ['nests fields through fragments', `${posted('...F0')} ${nestedFragments(12)}`, 'levels of fields'],
  ['asks for one field under many names', posted(times(31, (i) => `a${i}: text`)), 'aliases'],
  ['piles directives up', posted(times(51, () => 'text @include(if: true)')), 'directives'],
  ['is long', posted('text '.repeat(2000)), '2000 tokens'],
  ['doubles itself thirty times', `${posted('...F0')} ${doubling(30)}`, 'fragments expanded'],
  ['has a fragment that contains itself', `${posted('...A')} fragment A on Post { reply { ...A } }`, 'contains itself'],
  ['asks for the same again and again', posted('reply { text } '.repeat(400)), 'too often'],
  ['asks for lists in lists', posted('replies { replies { replies { replies { text } } } }'), 'may cost at most'],
  ['asks for a long page', posted('page(first: 5001) { list { text } }'), 'may cost at most'],
  [
    "asks for a long page by a variable's default",
    'subscription ($n: Int = 5001) { posted { page(first: $n) { list { text } } } }',
    'may cost at most',
  ],
  ['asks for what is dear', posted(times(11, (i) => `d${i}: reply { dear }`)), 'may cost at most'],
  ['leaves open how much it asks for', posted('page { list { text } }'), 'needs exactly one argument of'],
  ['needs many fetches', posted(times(30, (i) => `a${i}: reply { author { name } }`)), 'at most 30 fetches'],
  ['guesses names', posted('tex'), 'Cannot query field "tex" on type "Post".'],
];

const refusedFields = {
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
  const documents = [...tooMuch.map(([, query]) => query), ...Object.values(refusedFields), posted('text')];
  gateway = await openGateway([people, rooms as unknown as Subgraph], {
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

describe.each(Object.entries(roads))('over %s', (name, road) => {
  test.each(tooMuch)('a subscription that %s is refused before its stream is opened', async (_, query, says) => {
    const { status, data, errors } = await road(query);
    expect([data ?? null, errors[0]?.extensions?.['code'], errors[0]?.message]).toEqual([
      null,
      'BAD_USER_INPUT',
      expect.stringContaining(says),
    ]);
    // A plan is made once a stream of events is open.
    expect(name.startsWith('WS') ? [0] : [400, 200]).toContain(status);
    expect(rooms.allStreams).toEqual([]);
  });

  test('a guest gets null and UNAUTHENTICATED at a field of an event, and the rest of it', async () => {
    const { data, errors } = await firstEvent(road(refusedFields.nested));
    expect(data).toEqual({ posted: { text: 'news', secret: null } });
    expect(errors).toMatchObject([{ path: ['posted', 'secret'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('who may have the field gets it', async () => {
    const headers = bearer(await issuer.machineToken('marquee/posts.secret'));
    const { data, errors } = await firstEvent(road(refusedFields.nested, { headers }));
    expect([data, errors]).toEqual([{ posted: { text: 'news', secret: 'of news' } }, []]);
  });

  test('a signed-in caller without the scope gets FORBIDDEN at it', async () => {
    const headers = bearer(await issuer.machineToken('marquee/other'));
    const { data, errors } = await firstEvent(road(refusedFields.nested, { headers }));
    expect(data).toEqual({ posted: { text: 'news', secret: null } });
    expect(errors).toMatchObject([{ path: ['posted', 'secret'], extensions: { code: 'FORBIDDEN' } }]);
  });

  test('a subscription to what the caller may not have is refused whole', async () => {
    const { data, errors } = await road(refusedFields.root);
    expect([data ?? null, errors[0]?.extensions?.['code']]).toEqual([null, 'UNAUTHENTICATED']);
    expect(rooms.allStreams).toEqual([]);
  });

  if (name.includes('by'))
    test('a hash that nobody knows is told as such', async () => {
      const { errors } = await road(posted('sequence'));
      expect(errors[0]?.extensions?.['code']).toBe('PERSISTED_QUERY_NOT_FOUND');
    });
});

describe('where trusted documents are all that is answered', () => {
  test.each(['WS', 'SSE'])('a subscription over %s that is none of them is FORBIDDEN', async (name) => {
    const strict = await openGateway([people, rooms as unknown as Subgraph], {
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

/** Tells news once somebody listens. */
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
