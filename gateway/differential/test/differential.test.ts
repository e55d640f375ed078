import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { Fetcher } from '@marquee/gateway/engine/fetcher';
import * as fc from 'fast-check';
import { type DocumentNode, type GraphQLError, print, validate } from 'graphql';
import { ArbitraryTrial, cycleDocuments, generateOperations } from '../src/arbitrary-trial.js';
import { loadCatalogue } from '../src/catalogue.js';
import { checkExecutor } from '../src/check-executor.js';
import { runEngine } from '../src/executors.js';
import { findDocuments } from '../src/find-documents.js';
import type { Executor } from '../src/prepared-trial.js';
import { describeCounterexample } from '../src/report.js';
import { createTestbed, type Testbed } from '../src/testbed.js';

const entries = loadCatalogue();
// `npm run differential` runs any number.
const runs = 20;
const testbeds = new Map<string, Testbed>();

/** Testbeds are cached, because creating one takes longer than a check. */
function testbedOf(name: string): Testbed {
  return getOrCreate(testbeds, name, () => createTestbed(entries.find((entry) => entry.name === name)!));
}

/** The result of a check, with a counterexample as text for the message of a failing test. */
async function check(name: string, options: Partial<Parameters<typeof checkExecutor>[1]> = {}) {
  const testbed = testbedOf(name);
  const { counterexample, ...result } = await checkExecutor(testbed, { runs, seed: 7, subject: runEngine, ...options });
  const difference = counterexample && describeCounterexample(testbed, counterexample);
  return { runs: result.runs, difference, counterexample };
}

describe('the engine returns the results of the references', () => {
  test.each(entries.map(({ name }) => name))('on the supergraph %s', async (name) => {
    expect(await check(name)).toEqual({ runs, difference: undefined, counterexample: undefined });
  });

  test('for every operation of every test', async () => {
    const { schema } = testbedOf('marquee').graph;
    const documents = findDocuments(fileURLToPath(new URL('../../../', import.meta.url)), schema);
    expect(documents.length).toBeGreaterThan(100);
    const operations = cycleDocuments(schema, documents);
    const once = { runs: documents.length };
    expect(await check('marquee', { ...once, operations })).toEqual(once);
  });
});

describe('the comparison detects an executor that', () => {
  const breaking = (change: (result: Awaited<ReturnType<Executor>>) => unknown): Executor => {
    return async (testbed, execution) => (await change(await runEngine(testbed, execution))) as never;
  };

  test.each<[string, Executor]>([
    ['drops an error', breaking(({ data, errors }) => ({ data, errors: errors?.slice(1) }))],
    ['reports an error at the wrong path', breaking(({ data, errors }) => ({ data, errors: errors?.map(elsewhere) }))],
    ['returns an empty list for null', breaking(({ data, errors }) => ({ data: filled(data), errors }))],
    [
      'sends fewer fetches',
      (testbed, execution) => {
        const fetch = async () => ({ data: null });
        return runEngine(testbed, { ...execution, fetcher: { fetch } });
      },
    ],
  ])('%s, and reports the smallest operation', async (_, subject) => {
    const { counterexample } = await check('simple-keys', { runs: 200, subject });
    expect(counterexample?.comparison.difference).toBeDefined();
    expect(sizeOf(counterexample!.trial.document)).toBeLessThan(8);
  });
});

describe('the monolith detects an executor that', () => {
  const fetching = (change: (fetcher: Fetcher) => Fetcher['fetch']): Executor => {
    return (testbed, execution) => runEngine(testbed, { ...execution, fetcher: { fetch: change(execution.fetcher) } });
  };

  test.each<[string, string, Executor]>([
    [
      'returns the fields in another order',
      'data of the monolith',
      async (testbed, execution) => reverseFields(await runEngine(testbed, execution)),
    ],
    [
      'sends a mutation twice',
      'mutations',
      fetching((fetcher) => async (subgraph, request, context) => {
        if (request.kind === 'mutation') await fetcher.fetch(subgraph, request, context);
        return fetcher.fetch(subgraph, request, context);
      }),
    ],
    [
      'sends a mutation as a query',
      'mutations',
      fetching((fetcher) => (subgraph, request, context) => {
        return fetcher.fetch(subgraph, { ...request, kind: 'query' }, context);
      }),
    ],
  ])('%s', async (_, difference, subject) => {
    const { counterexample } = await check('mutations', { runs: 200, subject });
    expect(counterexample?.comparison.difference).toBe(difference);
  });
});

test('generates valid operations', () => {
  const { schema } = testbedOf('values').graph;
  const trials = fc.sample(new ArbitraryTrial(schema, generateOperations(schema)), { seed: 3, numRuns: 200 });
  expect(trials.flatMap(({ document }) => validate(schema, document))).toEqual([]);
});

function reverseFields<Json>(value: Json): Json {
  if (Array.isArray(value)) return value.map(reverseFields) as Json;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, one]) => [name, reverseFields(one)]),
  ) as Json;
}

function elsewhere(error: GraphQLError): unknown {
  return { ...error, message: error.message, extensions: error.extensions, path: ['elsewhere', ...(error.path ?? [])] };
}

function filled(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data ?? null), (_, value: unknown) => value ?? []);
}

function sizeOf(document: DocumentNode): number {
  return print(document).split('\n').length;
}
