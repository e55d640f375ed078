import { beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { openThreadedPlanner } from '../src/engine/planner/threaded-planner.js';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

/** The fields of a post, with the name of the service that resolves them. */
function post(service: string) {
  return ({ id }: { id: string }) => ({ id, title: service, rating: service });
}

const graph = openInMemoryGraph({
  old: {
    sdl: `
      type Query { posts: [Post!]! media: [Media!]! }
      type Subscription { posted: Post! }
      interface Media { id: ID! }
      type Post implements Media @key(fields: "id") { id: ID! title: String rating: String }
      type Video implements Media @key(fields: "id") { id: ID! length: Int }`,
    resolvers: {
      Query: {
        posts: () => [post('old')({ id: '1' })],
        media: () => [{ __typename: 'Post', ...post('old')({ id: '1' }) }],
      },
      Post: { __resolveReference: post('old') },
      Video: { __resolveReference: ({ id }: { id: string }) => ({ id, length: 1 }) },
    },
  },
  fresh: {
    sdl: `
      type Post @key(fields: "id") {
        id: ID!
        title: String @override(from: "old", label: "percent(25.5)")
        rating: String @override(from: "old", label: "ratings")
      }`,
    resolvers: { Post: { __resolveReference: post('fresh') } },
  },
});

beforeEach(() => {
  graph.sent.length = 0;
});

function services(): string[] {
  return graph.sent.map(({ subgraph }) => subgraph);
}

const titles = '{ posts { title } }';

describe('a field with a label', () => {
  test('is resolved by its former service while the label is inactive', async () => {
    expect(await graph.execute(titles)).toEqual({ data: { posts: [{ title: 'old' }] } });
    expect(services()).toEqual(['old']);
  });

  test('is resolved by its new service while the label is active', async () => {
    expect(await graph.execute(titles, {}, { labels: ['percent(25.5)'] })).toEqual({
      data: { posts: [{ title: 'fresh' }] },
    });
    expect(services()).toEqual(['old', 'fresh']);
  });

  test('follows its own label only', async () => {
    const { data } = await graph.execute('{ posts { title rating } }', {}, { labels: ['ratings'] });
    expect(data).toEqual({ posts: [{ title: 'old', rating: 'fresh' }] });
  });

  test('is resolved by its new service through an interface', async () => {
    const document = '{ media { ... on Post { title } } }';
    const { data } = await graph.execute(document, {}, { labels: ['percent(25.5)'] });
    expect(data).toEqual({ media: [{ title: 'fresh' }] });
  });

  test('completes live events by the active labels', async () => {
    const event = { data: { posted: { __typename: 'Post', id: '1' } } };
    const [result] = await graph.completeEvents('subscription { posted { rating } }', [event], { labels: ['ratings'] });
    expect(result?.data).toEqual({ posted: { rating: 'fresh' } });
  });
});

describe('the labels of a document', () => {
  test.each([
    ['none for fields without a label', '{ posts { id } }', []],
    ['those of its fields', '{ posts { rating title } }', ['percent(25.5)', 'ratings']],
    [
      'those of fields in fragments',
      '{ ...P } fragment P on Query { posts { ...T } } fragment T on Post { title }',
      ['percent(25.5)'],
    ],
  ])('are %s', (_, document, labels) => {
    expect(graph.graph.labelsIn(parse(document))).toEqual(labels);
  });

  test('include those of fields that other fields require', () => {
    const post = (fields: string) => ({ sdl: `type Post @key(fields: "id") { id: ID! ${fields} }`, resolvers: {} });
    const requiring = openInMemoryGraph({
      old: { sdl: `type Query { posts: [Post!]! } ${post('weight: Int @shareable').sdl}`, resolvers: {} },
      // Composition accepts no label for a field that is required and has no other service.
      base: post('weight: Int @shareable'),
      fresh: post('weight: Int @shareable @override(from: "old", label: "weights")'),
      summaries: post('weight: Int @external summary: String @requires(fields: "weight")'),
    });
    expect(requiring.graph.labelsIn(parse('{ posts { summary } }'))).toEqual(['weights']);
    expect(requiring.graph.labelsIn(parse('{ __typename }'))).toEqual([]);
  });

  test('are listed with their fields and services', () => {
    expect(graph.graph.overrideLabels).toEqual(
      [
        ['percent(25.5)', 'title'],
        ['ratings', 'rating'],
      ].map(([name, field]) => ({ name, fields: [{ type: 'Post', field, from: 'old', to: 'fresh' }] })),
    );
  });
});

test('a planner thread plans by the active labels', async () => {
  const planner = await openThreadedPlanner(graph.sdl);
  const plans = await Promise.all(
    [[], ['percent(25.5)'], []].map((labels) => planner.plan(parse(titles), undefined, undefined, labels)),
  );
  expect(plans.map(({ node }) => node?.kind)).toEqual(['Fetch', 'Sequence', 'Fetch']);
  expect(plans[0]).toBe(plans[2]);
  planner.release();
});
