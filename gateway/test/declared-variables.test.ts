import { describe, expect, test } from '@jest/globals';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

describe('a variable of a condition in a named fragment, at a type that does not apply', () => {
  const graph = openInMemoryGraph({
    nodes: {
      sdl: `
        type Query { node: Node }
        interface Node { id: ID! }
        type Note implements Node @key(fields: "id") { id: ID! text: String }`,
      resolvers: { Query: { node: () => ({ __typename: 'Note', id: '1' }) } },
    },
    work: {
      sdl: `
        type Query { found: [Found!] }
        interface Entry { due: String }
        union Found = Note | Plan
        type Note @key(fields: "id") { id: ID! colour: String }
        type Plan implements Entry { due: String }`,
      resolvers: { Note: { __resolveReference: () => ({ id: '1', colour: 'blue' }) } },
    },
  });

  test.each([true, false])('is sent with the fetch: %s', async (skipped) => {
    const query = `query ($skipped: Boolean!) { node { ...Card } }
      fragment Card on Found { ... on Entry @skip(if: $skipped) { __typename } ... on Note { colour } }`;
    expect(await graph.execute(query, { skipped })).toEqual({ data: { node: { colour: 'blue' } } });
  });
});
