import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buildASTSchema, parse } from 'graphql';
import { createRequirementReader } from '../../src/admission/authorization/requirement-reader.js';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { openUsers, type StoredUser, textFile } from '../fixtures/sample-graph.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { codeOf, manifestOf, transports } from '../fixtures/transport-clients.js';
import { openSubgraph, type Subgraph } from '../fixtures/test-subgraph.js';

const documents = {
  field: '{ open members }',
  aliased: '{ open mine: members }',
  nested: '{ desk { open secret } }',
  fragment: '{ desk { ...Secrets } } fragment Secrets on Desk { open secret }',
  inList: '{ desks { open secret } }',
  throughInterface: '{ things { open hidden } }',
  typed: '{ open vault { gold } }',
  computed: '{ desk { open derived } }',
  required: '{ open strict { must } }',
  mutation: 'mutation { burn }',
};

let gateway: Gateway;
let issuer: Issuer;
let services: Subgraph[];

beforeAll(async () => {
  const stored = new Map<string, StoredUser>([['boss', { id: '1', sub: 'boss', role: 'ADMIN', isActive: true }]]);
  [issuer, ...services] = await Promise.all([openIssuer(), openOffice(), openArchive(), openUsers(stored)]);
  gateway = await openGateway(services, {
    issuer,
    TRUSTED_DOCUMENTS: 'on',
    TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf(Object.values(documents))),
  });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([issuer, ...services].map((service) => service.close()));
});

beforeEach(() => {
  for (const service of services) service.received = [];
});

describe.each(Object.entries(transports))('over %s', (name, send) => {
  const denials: [keyof typeof documents, data: unknown, path: (string | number)[]][] = [
    ['field', { open: 1, members: null }, ['members']],
    ['aliased', { open: 1, mine: null }, ['mine']],
    ['nested', { desk: { open: 1, secret: null } }, ['desk', 'secret']],
    ['fragment', { desk: { open: 1, secret: null } }, ['desk', 'secret']],
    ['throughInterface', { things: [{ open: 1, hidden: null }] }, ['things', 0, 'hidden']],
    ['typed', { open: 1, vault: null }, ['vault']],
    ['computed', { desk: { open: 1, derived: null } }, ['desk', 'derived']],
    ['required', { open: 1, strict: null }, ['strict', 'must']],
  ];

  test.each(denials)(
    'a guest gets null and UNAUTHENTICATED for %s, and the rest of the response',
    async (key, data, path) => {
      const reply = await send(gateway.url, { query: documents[key] });
      expect(reply.data).toEqual(data);
      expect(reply.errors).toMatchObject([{ path, extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(asked()).not.toMatch(/members|secret|hidden|gold|derived|must/);
    },
  );

  test('an identified caller without the role gets FORBIDDEN, and one with it gets the field', async () => {
    const [boss, clerk] = await Promise.all([issuer.userToken('boss'), issuer.userToken('clerk')]);
    const denied = await send(gateway.url, { query: documents.nested, headers: bearer(clerk) });
    expect([denied.data, codeOf(denied)]).toEqual([{ desk: { open: 1, secret: null } }, 'FORBIDDEN']);
    const granted = await send(gateway.url, { query: documents.nested, headers: bearer(boss) });
    expect(granted).toMatchObject({ data: { desk: { open: 1, secret: 'of the desk' } }, errors: [] });
  });

  test('a scope gives access to the fields that require it', async () => {
    const [without, with_] = await Promise.all([
      issuer.machineToken('marquee/other'),
      issuer.machineToken('marquee/gold.read'),
    ]);
    const denied = await send(gateway.url, { query: documents.typed, headers: bearer(without) });
    expect([denied.data, codeOf(denied)]).toEqual([{ open: 1, vault: null }, 'FORBIDDEN']);
    const granted = await send(gateway.url, { query: documents.typed, headers: bearer(with_) });
    expect(granted).toMatchObject({ data: { open: 1, vault: { gold: 5 } }, errors: [] });
  });

  test('a denied field in a list has an error for every item', async () => {
    const { data, errors } = await send(gateway.url, { query: documents.inList });
    expect(data).toEqual({
      desks: [
        { open: 1, secret: null },
        { open: 1, secret: null },
      ],
    });
    expect(errors.map(({ path }) => path)).toEqual([
      ['desks', 0, 'secret'],
      ['desks', 1, 'secret'],
    ]);
  });

  if (name !== 'GET')
    test('a denied mutation does not run', async () => {
      const reply = await send(gateway.url, { query: documents.mutation });
      expect([reply.data ?? null, codeOf(reply)]).toEqual([null, 'UNAUTHENTICATED']);
      expect(asked()).toBe('');
    });
});

test('fields that are computed from each other have the same requirement, whichever is read first', () => {
  const supergraph = buildASTSchema(parse(cyclicSupergraph), { assumeValid: true });
  const places: [type: string, field: string][] = [
    ['Desk', 'first'],
    ['Desk', 'second'],
  ];
  for (const order of [places, places.toReversed()]) {
    const required = createRequirementReader(supergraph);
    for (const place of order) required(...place);
    expect(places.map((place) => [...new Set(required(...place).policies.flat(2))])).toEqual([
      ['role:ADMIN'],
      ['role:ADMIN'],
    ]);
  }
});

/** Composition would reject this supergraph, but reading requirements must not depend on that. */
const cyclicSupergraph = `
  schema @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY) { query: Query }
  type Query { desk: Desk }
  type Desk {
    first: Int @policy(policies: [["role:ADMIN"]]) @join__field(graph: A, requires: "second")
    second: Int @join__field(graph: A, requires: "first")
  }
`;

function asked(): string {
  return services.flatMap(({ received }) => received.map(({ query }) => query)).join(' ');
}

function openOffice(): Promise<Subgraph> {
  return openSubgraph({
    name: 'office',
    sdl: `
      type Query {
        open: Int
        members: [String!] @authenticated
        desk: Desk
        desks: [Desk!]!
        things: [Thing!]!
        vault: Vault
        strict: Strict
      }
      type Mutation { burn: Int! @policy(policies: [["role:ADMIN"]]) }
      type Desk @key(fields: "id") {
        id: ID!
        open: Int
        secret: String @policy(policies: [["role:ADMIN"], ["scope:desk.read", "machine"]])
      }
      type Vault @requiresScopes(scopes: [["gold.read"]]) { gold: Int }
      type Strict { must: Int! @authenticated }
      interface Thing { open: Int hidden: Int }
      type Chair implements Thing { open: Int hidden: Int }
      type Safe implements Thing { open: Int hidden: Int @authenticated }
    `,
    resolvers: {
      Query: {
        open: () => 1,
        members: () => ['ann'],
        desk: () => ({ id: '1' }),
        desks: () => [{ id: '1' }, { id: '2' }],
        things: () => [{ __typename: 'Chair' }],
        vault: () => ({ gold: 5 }),
        strict: () => ({ must: 1 }),
      },
      Mutation: { burn: () => 1 },
      Desk: { __resolveReference: ({ id }: { id: string }) => ({ id }), open: () => 1, secret: () => 'of the desk' },
      Chair: { open: () => 1, hidden: () => 2 },
    },
  });
}

/** Composition requires that a field computed from a restricted field has the same restriction. */
function openArchive(): Promise<Subgraph> {
  return openSubgraph({
    name: 'archive',
    sdl: `
      type Query { shelves: Int }
      type Desk @key(fields: "id") {
        id: ID!
        secret: String @external
        derived: String @requires(fields: "secret") @policy(policies: [["role:ADMIN"], ["scope:desk.read", "machine"]])
      }
    `,
    resolvers: {
      Query: { shelves: () => 1 },
      Desk: {
        __resolveReference: (reference: object) => reference,
        derived: ({ secret }: { secret: string }) => `from ${secret}`,
      },
    },
  });
}
