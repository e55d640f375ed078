import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, execute, type ExecutionResult, type GraphQLSchema, parse, validate } from 'graphql';
import { limitAnswer, meterFields } from '@marquee/chassis/graphql/answer-limit';
import { createOperationCompiler } from '@marquee/chassis/graphql/execution/compiled-operations';
import { withNullableOutput } from '@marquee/chassis/graphql/nullable-output';
import { type GeneratedOperation, generateOperation } from './fixtures/generated-operations.js';
import { seededRandom } from '@marquee/testkit/seeded-random';
import { addSeededResolvers } from './fixtures/seeded-resolvers.js';

const operationsPerService = 100;

describe.each(['jobs', 'messaging', 'shows', 'users'])('compiled operations of %s', (service) => {
  let schema: GraphQLSchema;

  beforeAll(() => {
    const sdl = readFileSync(new URL(`../../schema/subgraphs/${service}.graphql`, import.meta.url), 'utf8');
    schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
    addSeededResolvers(schema, service);
    meterFields(schema);
  });

  test.each([
    ['as graphql-js does', (given: GraphQLSchema) => given],
    ['as graphql-js does with onError: NULL', withNullableOutput],
  ])('have the results of graphql-js: %s', async (_, variantOf) => {
    const used = variantOf(schema);
    const compile = createOperationCompiler(used);
    let withErrors = 0;
    for (const operation of validOperations(schema, service)) {
      const document = parse(operation.document);
      const compiled = compile(document, null);
      const context = { context: newContext(), variables: operation.variables };
      const expected = await execute({
        schema: used,
        document,
        contextValue: newContext(),
        variableValues: operation.variables,
      });
      expect(comparable(await compiled?.(context))).toEqual(comparable(expected));
      // Once more, from the compiled form.
      expect(comparable(await compiled?.(context))).toEqual(comparable(expected));
      withErrors += expected.errors ? 1 : 0;
    }
    expect(withErrors).toBeGreaterThan(operationsPerService / 10);
    expect(withErrors).toBeLessThan(operationsPerService);
  });
});

test('an operation is compiled only if it is executed once, and its response is a plain object', async () => {
  const schema = buildSchema('type Query { a: String } type Subscription { a: String }');
  const compile = createOperationCompiler(schema);
  const two = parse('query A { a } query B { b: a }');
  expect(await compile(two, 'B')?.({ context: {}, variables: {} })).toEqual({ data: { b: null } });
  expect([compile(two, null), compile(two, 'C')]).toEqual([undefined, undefined]);
  for (const text of ['subscription { a }', 'mutation { a }', '{ __proto__: a }'])
    expect(compile(parse(text), null)).toBeUndefined();
});

test('an operation with invalid variables is not executed', () => {
  const schema = buildSchema('type Query { a(of: Int!): String }');
  const compiled = createOperationCompiler(schema)(parse('query ($of: Int!) { a(of: $of) }'), null);
  expect(compiled?.({ context: {}, variables: { of: 'x' } })).toBeUndefined();
});

test('null for a variable of a condition is an error of the operation', async () => {
  const schema = buildSchema('type Query { a: String }');
  const document = parse('query ($given: Boolean = true) { a @include(if: $given) }');
  const variables = { given: null };
  const expected = await execute({ schema, document, variableValues: variables });
  expect(expected.errors).toHaveLength(1);
  expect(await createOperationCompiler(schema)(document, null)?.({ context: {}, variables })).toEqual(expected);
});

function* validOperations(schema: GraphQLSchema, service: string): Generator<GeneratedOperation> {
  let count = 0;
  for (let seed = 0; count < operationsPerService; seed += 1) {
    const operation = generateOperation(schema, seededRandom(`${service} ${seed}`));
    if (validate(schema, parse(operation.document)).length > 0) continue;
    count += 1;
    yield operation;
  }
}

function newContext(): object {
  return limitAnswer({}, 10_000_000);
}

/**
 * The data, and the errors by the position that became null. Which of several errors made a position null, and whether the
 * others are reported, depends on the order in which promises settle.
 */
function comparable(result: ExecutionResult | undefined): unknown {
  const errors = new Map<string, string | undefined>();
  for (const { message, path, locations } of result?.errors ?? []) {
    const nulled = nulledPosition(result?.data, path ?? []);
    const isOwn = nulled.length === path?.length;
    errors.set(JSON.stringify(nulled), isOwn ? JSON.stringify([message, locations]) : undefined);
  }
  return { data: JSON.parse(JSON.stringify(result?.data)) as unknown, errors: [...errors].toSorted() };
}

/** The part of a path up to the null that the error left. */
function nulledPosition(data: unknown, path: readonly (string | number)[]): (string | number)[] {
  const position: (string | number)[] = [];
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) break;
    value = (value as Record<string | number, unknown>)[key];
    position.push(key);
  }
  return position;
}
