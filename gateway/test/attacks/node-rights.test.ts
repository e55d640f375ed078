import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { openUsers, type StoredUser } from '../fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from '../fixtures/test-subgraph.js';

let gateway: Gateway;
let issuer: Issuer;
let services: Subgraph[];
let boss: Record<string, string>;

beforeAll(async () => {
  const stored = new Map<string, StoredUser>([['boss', { id: '1', sub: 'boss', role: 'ADMIN', isActive: true }]]);
  [issuer, ...services] = await Promise.all([openIssuer(), openStore(), openUsers(stored)]);
  gateway = await openGateway([...services, nodeSubgraph], { issuer });
  boss = bearer(await issuer.userToken('boss'));
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([issuer, ...services].map((service) => service.close()));
});

/** As composition adds it, for the types of the store. */
const nodeSubgraph = {
  name: 'node',
  url: 'internal:node',
  sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    interface Node { id: ID! }
    type Desk implements Node @key(fields: "id", resolvable: false) { id: ID! }
    type Safe implements Node @key(fields: "id", resolvable: false) { id: ID! }
    type Chest implements Node @key(fields: "id", resolvable: false) { id: ID! }
    type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node] }`,
};

const everyId = ['desk', 'safe', 'chest'];
const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

describe('the rights of a type apply to its objects', () => {
  test.each(['id', '__typename', '... on Safe { id }', '... on Chest { gold }'])(
    'in Query.node with the selection %s',
    async (selection) => {
      const document = `query ($id: ID!) { node(id: $id) { ${selection} } }`;
      for (const id of ['safe', 'chest']) {
        expect((await gateway.query(document, {}, { id })).data).toEqual({ node: null });
        expect((await gateway.query(document, boss, { id })).data.node).not.toBeNull();
      }
      expect((await gateway.query(document, {}, { id: 'desk' })).data.node).not.toBeNull();
    },
  );

  test('in Query.nodes, which returns the other objects', async () => {
    const [desk, ...restricted] = [
      { __typename: 'Desk', id: 'desk' },
      { __typename: 'Safe', id: 'safe' },
      { __typename: 'Chest', id: 'chest' },
    ];
    expect((await gateway.query(nodes, {}, { ids: everyId })).data).toEqual({ nodes: [desk, null, null] });
    expect((await gateway.query(nodes, boss, { ids: everyId })).data).toEqual({ nodes: [desk, ...restricted] });
  });

  test.each([
    ['an inline fragment of the interface', '{ items { ... on Node { id } } }'],
    ['a fragment of the interface', '{ items { ...Id } } fragment Id on Node { id }'],
    ['fragments within fragments', '{ items { ...Item } } fragment Item on Item { ...Id } fragment Id on Node { id }'],
    [
      'a fragment that Query.node uses, too',
      '{ node(id: "desk") { ...Id } items { ...Id } } fragment Id on Node { id }',
    ],
    ['a type that may be one of several', '{ items { ... on Node { ... on Node { id } } } }'],
    ['the objects of a field that returns the interface', '{ anything { id } }'],
  ])('in %s', async (_, query) => {
    const { data, errors } = await gateway.query(query);
    expect(JSON.stringify(data)).not.toMatch(/safe|chest/);
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await gateway.query(query, boss)).errors).toEqual([]);
  });
});

test('the rights of other types do not restrict an object whose type is known', async () => {
  const query = `{ desk { ... on Node { id } ...Id } node(id: "desk") { ...Id } items { ... on Desk { ...Id } } }
    fragment Id on Node { id }`;
  const desk = { id: 'desk' };
  expect(await gateway.query(query)).toMatchObject({ data: { desk, node: desk, items: [desk, {}, {}] }, errors: [] });
});

function openStore(): Promise<Subgraph> {
  const objects = { desk: 'Desk', safe: 'Safe', chest: 'Chest' };
  const all = Object.entries(objects).map(([id, __typename]) => ({ __typename, id, gold: 1 }));
  const byReference = (type: string) => ({
    __resolveReference: ({ id }: { id: string }) => all.find((one) => one.id === id && one.__typename === type) ?? null,
  });
  return openSubgraph({
    name: 'store',
    sdl: `
      type Query { desk: Desk items: [Item] anything: [Node] }
      interface Node { id: ID! }
      union Item = Desk | Safe | Chest
      type Desk implements Node @key(fields: "id") { id: ID! }
      type Safe implements Node @key(fields: "id") { id: ID! @policy(policies: [["role:ADMIN"]]) }
      type Chest implements Node @key(fields: "id") @policy(policies: [["role:ADMIN"]]) { id: ID! gold: Int }
    `,
    resolvers: {
      Query: { desk: () => all[0], items: () => all, anything: () => all },
      ...Object.fromEntries(Object.values(objects).map((type) => [type, byReference(type)])),
    },
  });
}
