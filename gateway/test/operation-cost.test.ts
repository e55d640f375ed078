import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildASTSchema, Kind, parse } from 'graphql';
import { countFetches } from '../src/admission/limits/plan-fetches.js';
import { createInProcessPlanner } from '../src/engine/planner/in-process-planner.js';
import { type CostModel, createCostModel } from '../src/admission/limits/operation-cost.js';

let text: string;
let model: CostModel;
beforeAll(async () => {
  text = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
  model = createCostModel(buildASTSchema(parse(text), { assumeValidSDL: true }), 10);
});

function measure(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation');
  const cost = model(document, definition);
  return { cost: cost.evaluate(variables), bytes: cost.responseBytes(variables) };
}

describe('the cost of an operation', () => {
  test('contains every alias of one leaf', () => {
    const once = measure('{ me { bio } }').cost;
    const aliases = Array.from({ length: 30 }, (_, index) => `a${index}: bio`).join(' ');
    expect(measure(`{ me { ${aliases} } }`).cost).toBeGreaterThanOrEqual(once + 5);
  });

  test('grows with the bytes that a leaf may have', () => {
    const list = (leaf: string) => measure(`{ jobs(first: 100) { edges { node { ${leaf} } } } }`).cost;
    expect(list('creativeDirection')).toBeGreaterThan(list('title') + 100);
  });

  test('contains the true bound of a list without `first`', () => {
    expect(measure('{ taxonomy { id } }').cost).toBeGreaterThan(500);
    expect(measure('{ show(slug: "show/x") { seasons { slug } } }').cost).toBeGreaterThan(100);
  });

  test('contains the largest of the fragments on different object types', () => {
    const items = (fragments: string) =>
      measure(`{ reviewQueue(kind: JOB, first: 20) { edges { node { ${fragments} } } } }`).cost;
    const [job, profile] = ['... on Job { id title summary }', '... on FreelancerProfile { id name }'];
    expect(items(`${job} ${profile}`)).toBe(Math.max(items(job), items(profile)));
    expect(items(`${job} ... on Job { id }`)).toBeGreaterThan(items(job));
  });

  test('contains the weight of a field once, however long its list is', () => {
    const trending = (first: number) => measure(`{ trending(first: ${first}) { id } }`).cost;
    const perItem = (trending(101) - trending(1)) / 100;
    expect(perItem).toBeLessThan(2);
    expect(trending(1)).toBeGreaterThan(perItem + 4);
  });

  test('contains the weight of an argument that is given', () => {
    const list = (args: string) => measure(`{ jobs${args} { pageInfo { hasNextPage } } }`).cost;
    expect(list('(filter: { search: "cover" })')).toBeGreaterThan(list('') + 500);
  });

  test('multiplies by the size in a variable', () => {
    const text = 'query ($n: Int) { feed(first: $n) { edges { node { id } } } }';
    expect(measure(text, { n: 100 }).cost).toBeGreaterThan(measure(text, { n: 1 }).cost + 200);
  });
});

describe('the estimated size of a response', () => {
  test('is not exceeded by a response with the longest ASCII texts', () => {
    const node = { id: 'x'.repeat(36), summary: 'x'.repeat(2000), title: 'x'.repeat(150) };
    const edges = Array.from({ length: 50 }, () => ({ node, cursor: 'x'.repeat(400) }));
    const { bytes } = measure('{ jobs(first: 50) { edges { cursor node { id summary title } } } }');
    expect(bytes).toBeGreaterThanOrEqual(JSON.stringify({ jobs: { edges } }).length);
  });

  test('contains response names', () => {
    const alias = 'a'.repeat(500);
    expect(measure(`{ me { ${alias}: id } }`).bytes).toBeGreaterThan(measure('{ me { id } }').bytes + 490);
  });

  test('grows with the size in a variable', () => {
    const text = 'query ($n: Int) { jobs(first: $n) { edges { node { creativeDirection } } } }';
    expect(measure(text, { n: 100 }).bytes).toBeGreaterThan(1_000_000);
    expect(measure(text, { n: 1 }).bytes).toBeLessThan(20_000);
  });
});

test('the fetches of a plan include the request of `node` to each service, once for all its fields', async () => {
  const planner = createInProcessPlanner(text);
  const count = async (document: string) =>
    countFetches(await planner.plan(parse(document), undefined), planner.supergraphSchema);
  expect(await count('{ me { id } }')).toBe(1);
  expect(await count('{ node(id: "1") { id } }')).toBe(4);
  expect(await count('{ a: node(id: "1") { id } b: node(id: "2") { id } nodes(ids: ["3"]) { id } me { id } }')).toBe(5);
});
