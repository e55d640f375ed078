import type { QueryPlan } from '@apollo/query-planner';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parse, print } from 'graphql';
import { orderMutations } from '../src/engine/planner/mutation-order.js';
import { requiresFetch, toPlannerDocument } from '../src/engine/planner/planner-document.js';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const graph = openInMemoryGraph({
  posts: {
    sdl: `
      type Query { post: Post }
      type Mutation { touch: Post }
      type Post { id: ID! title: String }`,
    resolvers: { Query: { post: () => ({ id: '1' }) }, Mutation: { touch: () => ({ id: '1' }) } },
  },
});

/** Fragments of which each spreads the next one twice, so that a search without memory visits 2 to the power of 40. */
function doublingFragments(type: string, last: string): string {
  const fragments = Array.from(
    { length: 40 },
    (_, index) => `fragment F${index} on ${type} { ...F${index + 1} ...F${index + 1} }`,
  );
  return [...fragments, `fragment F40 on ${type} { ${last} }`].join(' ');
}

test.each([
  `{ ...F0 } ${doublingFragments('Query', '__typename')}`,
  `query($w: Boolean!) { post { ...F0 } } ${doublingFragments('Post', 'title @skip(if: $w)')}`,
  `mutation { ...F0 } ${doublingFragments('Mutation', 'touch { id }')}`,
])('searches each fragment once: %s', (query) => {
  const document = parse(query);
  const planned = toPlannerDocument(graph.graph.schema, document, new Map());
  expect(requiresFetch(planned, undefined)).toBe(!query.startsWith('{'));
  const plan: QueryPlan = { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: [] } };
  expect(orderMutations(plan, document, undefined)).toEqual(plan);
});

describe('mutations in fragments', () => {
  const flattened = (query: string) => {
    const planned = toPlannerDocument(graph.graph.schema, parse(query), new Map());
    return print(planned.definitions[0]!).replace(/\s+/g, ' ');
  };

  test.each([
    [
      'in their order, once for each set of conditions',
      'mutation { ...A two: touch { id } ...A } fragment A on Mutation { ... on Mutation { one: touch { id } } }',
      'mutation { one: touch { id } two: touch { id } }',
    ],
    [
      'with the conditions of the fragments',
      'mutation($a: Boolean!, $b: Boolean!) { ... @skip(if: $a) { touch @skip(if: $a) { id } } ...B @skip(if: $b) } fragment B on Mutation { two: touch @skip(if: $a) { id } }',
      'mutation ($a: Boolean!, $b: Boolean!) { touch @skip(if: $a) { id } ... @skip(if: $b) { two: touch @skip(if: $a) { id } } }',
    ],
  ])('are planned without the fragments: %s', (_, query, expected) => {
    expect(flattened(query)).toBe(expected);
  });

  test('leave no fragment behind that the planner could use', () => {
    const query =
      'mutation { ...A } fragment A on Mutation { ...B } fragment B on Mutation { touch { ...C } } fragment C on Post { id }';
    const planned = toPlannerDocument(graph.graph.schema, parse(query), new Map());
    expect(planned.definitions.map((one) => ('name' in one ? one.name?.value : undefined))).toEqual([undefined, 'C']);
  });

  test('stay in them if there are too many', () => {
    const conditions = Array.from({ length: 9 }, (_, index) => `$c${index}: Boolean!`).join(' ');
    const fragments = Array.from({ length: 9 }, (_, index) => {
      const next = index === 8 ? 'touch { id }' : `...F${index + 1}`;
      return `fragment F${index} on Mutation { ... @skip(if: $c${index}) { ${next} } ${next} }`;
    });
    const query = `mutation(${conditions}) { ...F0 } ${fragments.join(' ')}`;
    expect(flattened(query)).toContain('{ ...F0 }');
  });
});

describe('mutations in several subgraphs', () => {
  const ran: string[] = [];
  const mutation = (name: string) => ({ Mutation: { [name]: () => ({ id: ran.push(name) }) } });
  const two = openInMemoryGraph({
    posts: {
      sdl: 'type Query { posts: Int } type Mutation { write: Post } type Post { id: Int title: String }',
      resolvers: mutation('write'),
    },
    votes: {
      sdl: 'type Query { votes: Int } type Mutation { vote: Vote } type Vote { id: Int }',
      resolvers: mutation('vote'),
    },
  });

  beforeEach(() => {
    ran.length = 0;
  });

  test('run in the order of the document if they are in fragments', async () => {
    const document = `mutation { ...A ... on Mutation { vote { id } } }
      fragment A on Mutation { ... on Mutation { __typename } write { id } }`;
    const { data } = await two.execute(document);
    expect(ran).toEqual(['write', 'vote']);
    expect(Object.keys(data ?? {})).toEqual(['__typename', 'write', 'vote']);
  });

  test.each([
    [{ a: false, b: false }, ['write', 'vote'], { write: { id: 1, title: null }, vote: { id: 2 } }],
    [{ a: false, b: true }, ['write', 'vote'], { write: { id: 1 }, vote: { id: 2 } }],
    [{ a: true, b: false }, ['vote', 'write'], { vote: { id: 1 }, write: { title: null } }],
    [{ a: true, b: true }, ['vote'], { vote: { id: 1 } }],
  ])('run once, at their first selection, if they have several conditions: %j', async (variables, order, data) => {
    const document = `mutation ($a: Boolean!, $b: Boolean!) {
      write @skip(if: $a) { id } vote { id } ... @skip(if: $b) { write { title } } }`;
    expect(await two.execute(document, variables)).toEqual({ data });
    expect(ran).toEqual(order);
  });

  test('are refused with too many conditions', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const document = `mutation (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
      ${names.map((name) => `write @skip(if: $${name}) { id }`).join(' ')} }`;
    const variables = Object.fromEntries(names.map((name) => [name, false]));
    await expect(two.execute(document, variables)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(ran).toEqual([]);
  });
});
