import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createGraph } from '../src/engine/graph.js';
import { createInProcessPlanner, type Planner } from '../src/engine/planner/in-process-planner.js';
import { openThreadedPlanner } from '../src/engine/planner/threaded-planner.js';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

describe('introspection', () => {
  const graph = openInMemoryGraph({
    people: { sdl: 'type Query { me: String }', resolvers: { Query: { me: () => 'me' } } },
  });

  test.each([
    ['isOneOf', '{ __type(name: "Query") { isOneOf name } }', { __type: { isOneOf: null, name: 'Query' } }],
    ['beside fields', '{ me __type(name: "Query") { isOneOf } }', { me: 'me', __type: { isOneOf: null } }],
    [
      'by a fragment',
      '{ ...Schema } fragment Schema on Query { __schema { queryType { ...Type } } } fragment Type on __Type { isOneOf }',
      { __schema: { queryType: { isOneOf: null } } },
    ],
    [
      'with a variable',
      'query($name: String!) { __type(name: $name) { name } me }',
      { __type: { name: 'Query' }, me: 'me' },
    ],
  ])('is answered without the planner: %s', async (_, query, data) => {
    expect(await graph.execute(query, { name: 'Query' })).toEqual({ data });
  });
});

describe('an input type with @oneOf in the supergraph', () => {
  const { sdl, fetcher } = openInMemoryGraph({
    people: {
      sdl: 'type Query { person(by: PersonBy!): String } input PersonBy { id: ID name: String }',
      resolvers: { Query: { person: () => 'me' } },
    },
  });
  const supergraph = `${sdl.replace(/(input PersonBy[^{]*)/, '$1 @oneOf ')}\ndirective @oneOf on INPUT_OBJECT`;

  test.each<[string, () => Planner | Promise<Planner>]>([
    ['in process', () => createInProcessPlanner(supergraph)],
    ['threaded', () => openThreadedPlanner(supergraph)],
  ])('accepts exactly one value: %s', async (_, open) => {
    const planner = await open();
    const graph = createGraph(planner, fetcher);
    const literal = (by: string) => graph.validate(parse(`{ person(by: ${by}) }`));
    const document = parse('query($by: PersonBy!) { person(by: $by) }');
    const variable = (by: object) =>
      graph.validateVariables({
        document,
        operationName: undefined,
        variables: { by },
        context: { caller: { kind: 'guest' } },
      });
    expect(await literal('{ id: "1" }')).toEqual([]);
    expect(variable({ name: 'Ann' })).toEqual([]);
    for (const errors of [await literal('{ id: "1", name: "Ann" }'), variable({}), variable({ id: '1', name: null })])
      expect(errors).toEqual([
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) }),
      ]);
    if ('release' in planner) (planner as { release(): void }).release();
  });

  test('is introspected as such', async () => {
    const graph = createGraph(createInProcessPlanner(supergraph), fetcher);
    const prepared = await graph.prepare(parse('{ __type(name: "PersonBy") { isOneOf } }'), undefined);
    const result = await graph.execute(prepared, { variables: {}, context: { caller: { kind: 'guest' } } });
    expect(result.data).toEqual({ __type: { isOneOf: true } });
  });
});
