import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type DocumentNode, type GraphQLError, print, validate } from 'graphql';
import { type Arena, createArena } from '../src/arena.js';
import { catalogue } from '../src/catalogue.js';
import { checkArena } from '../src/check.js';
import { type Executor, runEngine } from '../src/comparison.js';
import { documentsIn } from '../src/documents.js';
import { describe as told } from '../src/report.js';
import { generated, taken, Trials } from '../src/trials.js';

const entries = catalogue();
// `npm run differential` draws as many as one likes.
const runs = 20;
const arenas = new Map<string, Arena>();

/** The one that this file has for a supergraph: to make it takes longer than to ask it. */
function arenaOf(name: string): Arena {
  const arena = arenas.get(name) ?? createArena(entries.find((entry) => entry.name === name)!);
  arenas.set(name, arena);
  return arena;
}

/** What a check found, as text that a failing test shows. */
async function findings(name: string, checking: Partial<Parameters<typeof checkArena>[1]> = {}) {
  const arena = arenaOf(name);
  const result = await checkArena(arena, { runs, seed: 7, subject: runEngine, ...checking });
  return { runs: result.runs, difference: result.found && told(arena, result.found), found: result.found };
}

describe('the engine answers what the stock executor answers', () => {
  test.each(entries.map(({ name }) => name))('on the supergraph %s', async (name) => {
    expect(await findings(name)).toEqual({ runs, difference: undefined, found: undefined });
  });

  test('to every operation of every test', async () => {
    const { schema } = arenaOf('marquee').graph;
    const documents = documentsIn(fileURLToPath(new URL('../../../', import.meta.url)), schema);
    expect(documents.length).toBeGreaterThan(100);
    const operations = taken(schema, documents);
    const everyOne = { runs: documents.length };
    expect(await findings('marquee', { ...everyOne, operations })).toEqual(everyOne);
  });
});

describe('the comparison finds an executor that', () => {
  const breaking = (change: (result: Awaited<ReturnType<Executor>>) => unknown): Executor => {
    return async (arena, execution) => (await change(await runEngine(arena, execution))) as never;
  };

  test.each<[string, Executor]>([
    ['forgets an error', breaking(({ data, errors }) => ({ data, errors: errors?.slice(1) }))],
    ['tells an error at the wrong place', breaking(({ data, errors }) => ({ data, errors: errors?.map(elsewhere) }))],
    ['answers with an empty list for none', breaking(({ data, errors }) => ({ data: filled(data), errors }))],
    [
      'asks for less',
      (arena, execution) => {
        const fetch = async () => ({ data: null });
        return runEngine(arena, { ...execution, fetcher: { fetch } });
      },
    ],
  ])('%s, and tells the smallest operation', async (_, subject) => {
    const { found } = await findings('simple-keys', { runs: 200, subject });
    expect(found?.comparison.difference).toBeDefined();
    expect(sizeOf(found!.trial.document)).toBeLessThan(8);
  });
});

test('the operations that are drawn are valid', () => {
  const { schema } = arenaOf('values').graph;
  const trials = fc.sample(new Trials(schema, generated(schema)), { seed: 3, numRuns: 200 });
  expect(trials.flatMap(({ document }) => validate(schema, document))).toEqual([]);
});

function elsewhere(error: GraphQLError): unknown {
  return { ...error, message: error.message, extensions: error.extensions, path: ['elsewhere', ...(error.path ?? [])] };
}

function filled(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data ?? null), (_, value: unknown) => value ?? []);
}

function sizeOf(document: DocumentNode): number {
  return print(document).split('\n').length;
}
