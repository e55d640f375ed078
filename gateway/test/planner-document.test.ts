import type { QueryPlan } from '@apollo/query-planner';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
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
