import { expect, test } from '@jest/globals';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { createVariableValidator } from '../src/engine/planner/validate-variables.js';

const schema = buildSchema(`
  type Query { any(id: ID, name: String, part: Float, is: Boolean, colour: Colour, when: When, range: Range): Int }
  enum Colour { RED }
  scalar When
  input Range { from: Int!, to: Int = 9 }`);

const types = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Colour', 'When', 'Range', '[Int!]'];
const required = types.map((type) => `${type}!`);
const defaults = ['Int = 7', 'Int! = 7', 'String = null', 'Colour = RED'];

const values: unknown[] = [
  ...[undefined, null, true, 'RED', '', 'x', 0, -0, 7, 1.5, 1e30],
  ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, NaN, Infinity],
  ...[[], [1], [null], ['x'], {}, { from: 1 }, { from: null }, { other: 1 }],
];

const validate = createVariableValidator(schema);

test.each([...types, ...required, ...defaults])('accepts the same values for %s as graphql-js', (type) => {
  const document = parse(`query ($constructor: ${type}) { any }`);
  for (const value of values) {
    const given = value === undefined ? {} : { constructor: value };
    expect({ given, errors: messages(validate(operation(document, given))) }).toEqual({
      given,
      errors: messages(getVariableValues(schema, definitions(document), given).errors ?? []),
    });
  }
});

test('reports an invalid variable among valid ones', () => {
  const document = parse('query ($a: Int!, $b: String, $c: ID!) { any }');
  expect(messages(validate(operation(document, { a: 1, b: 'b', c: 'c' })))).toEqual([]);
  expect(messages(validate(operation(document, { a: 1, b: 2, c: 'c' })))).toEqual([
    'Variable "$b" got invalid value 2; String cannot represent a non string value: 2',
  ]);
});

test('names the path of an invalid value by its argument, as services do', () => {
  const sdl = `
    type Query { find(input: Find!, first: Int): Int }
    input Find { colour: Colour, at: When, within: [Range!] }
    input Range { from: Int! }
    enum Colour { RED }
    scalar When`;
  const document = parse('query ($i: Find!, $n: Int, $m: Int!) { find(input: $i, first: $n) other: find(first: $m) }');
  const input = { colour: 'READ', within: [{ from: 1 }, { from: 'x', till: 2 }, {}] };
  const errors = createVariableValidator(buildSchema(sdl))(operation(document, { i: input, n: 'one' }));
  expect(errors.map(({ extensions }) => extensions['fields'])).toEqual([
    [{ path: 'input.colour', message: 'Value "READ" does not exist in "Colour" enum.' }],
    [{ path: 'input.within.1.from', message: 'Int cannot represent non-integer value: "x"' }],
    [{ path: 'input.within.1', message: 'Field "till" is not defined by type "Range".' }],
    [{ path: 'input.within.2', message: 'Field "from" of required type "Int!" was not provided.' }],
    [{ path: 'first', message: 'Int cannot represent non-integer value: "one"' }],
    [{ path: 'first', message: 'is required' }],
  ]);
});

test('reports at most twenty invalid values of a list, and a further error beyond', () => {
  const document = parse('query ($all: [Int!]) { any }');
  const count = (length: number) => messages(validate(operation(document, { all: Array(length).fill('x') }))).length;
  expect([count(20), count(21), count(1_000)]).toEqual([20, 21, 21]);
  const errors = validate(operation(document, { all: Array(1_000).fill('x') }));
  expect(errors.at(-1)?.message).toMatch('Too many errors');
  expect(errors.at(-1)?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
});

function operation(document: ReturnType<typeof parse>, variables: Record<string, unknown>) {
  return { document, operationName: undefined, variables, context: { caller: { kind: 'guest' } as const } };
}

function definitions(document: ReturnType<typeof parse>) {
  return (document.definitions[0] as OperationDefinitionNode).variableDefinitions ?? [];
}

function messages(errors: readonly { message: string }[]): string[] {
  return errors.map(({ message }) => message);
}
