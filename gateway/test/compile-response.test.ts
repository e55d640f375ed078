import { beforeEach, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { createClientOperation, type FieldAliases } from '../src/engine/completion/client-operation.js';
import { compileResponse, type CompleteResponse } from '../src/engine/completion/compile-response.js';
import type { Introspect } from '../src/engine/completion/schema-introspection.js';

const conditions = ['a', 'b', 'c', 'd', 'e'];
const fields = conditions.map((name) => `${name}: title @include(if: $${name})`).join(' ');
const definitions = conditions.map((name) => `$${name}: Boolean!`).join(' ');
const document = parse(`query (${definitions}) { __schema { description } ${fields} }`);
const aliases: FieldAliases = { aliasFor: (node) => (node.alias ?? node.name).value };
const data = Object.fromEntries(conditions.map((name) => [name, `title ${name}`]));

let compilations: number;
let complete: CompleteResponse;

beforeEach(() => {
  compilations = 0;
  // Every compilation of the response compiles its introspection field once.
  const introspect: Introspect = () => {
    compilations += 1;
    return () => null;
  };
  const schema = buildSchema('type Query { title: String }');
  complete = compileResponse(
    createClientOperation(schema, document, undefined, { denied: new Map(), aliases }),
    introspect,
  );
});

test('compiles a variant once, and builds each response by its own variant', () => {
  const [first, second] = [respond(1), respond(2)];
  expect([respond(1), respond(2)]).toEqual([first, second]);
  expect([first, second].map((response) => Object.keys(response ?? {}))).toEqual([
    ['__schema', 'a'],
    ['__schema', 'b'],
  ]);
  expect(compilations).toBe(2);
});

test('keeps sixteen variants compiled, however often they alternate', () => {
  for (let round = 0; round < 10; round += 1) for (let variant = 0; variant < 16; variant += 1) respond(variant);
  expect(compilations).toBe(16);
});

test('evicts the least recently used variant when there are more than sixteen', () => {
  for (let variant = 0; variant < 16; variant += 1) respond(variant);
  respond(0);
  respond(16);
  expect(compilations).toBe(17);
  respond(0);
  respond(2);
  expect(compilations).toBe(17);
  respond(1);
  expect(compilations).toBe(18);
});

/** @param variant its bits are the values of the conditions */
function respond(variant: number) {
  const variables = Object.fromEntries(conditions.map((name, bit) => [name, ((variant >> bit) & 1) === 1]));
  return complete(data, variables).data;
}
