import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DocumentNode, parse, print } from 'graphql';
import { createGraph } from '../src/engine/graph.js';
import { GraphManager } from '../src/engine/graph-manager.js';
import { createInProcessPlanner } from '../src/engine/planner/in-process-planner.js';
import { type ThreadedPlanner, openThreadedPlanner } from '../src/engine/planner/threaded-planner.js';
import { createDocumentLoader } from '../src/admission/documents/document-loader.js';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const plays = 'type Query { title(act: Int): String } type Play @key(fields: "code") { code: ID! }';
const { sdl, fetcher } = openInMemoryGraph({ plays: { sdl: plays, resolvers: {} } });
const limits = { GUARD_TOKENS: 100, GUARD_DEPTH: 5, GUARD_ALIASES: 5, GUARD_ROOT_FIELDS: 5, GUARD_DIRECTIVES: 5 };

describe('the thread that plans', () => {
  let planning: ThreadedPlanner;

  beforeAll(async () => {
    planning = await openThreadedPlanner(sdl);
  });

  afterAll(() => planning.release());

  test.each(['{ title }', '{ title\n  author }', '{ title(act: "one") other }', 'subscription { title }'])(
    'finds wrong with %j what is found wrong anywhere',
    async (text) => {
      const document = parse(text);
      const told = async (found: Promise<readonly Error[]>) => JSON.parse(JSON.stringify(await found)) as unknown;
      expect(await told(planning.validate(document))).toEqual(
        await told(createInProcessPlanner(sdl).validate(document)),
      );
    },
  );

  test('names what it may add as is named anywhere: keys, and the type', () => {
    expect([...planning.plannerFields.keys()]).toEqual(['__typename', 'code']);
    expect(planning.plannerFields).toEqual(createInProcessPlanner(sdl).plannerFields);
  });
});

test('a document that many send at once is read once', async () => {
  const planning = createInProcessPlanner(sdl);
  const looked: unknown[] = [];
  const validate = (document: Parameters<typeof planning.validate>[0]) => (
    looked.push(document),
    planning.validate(document)
  );
  const graph = createGraph({ ...planning, validate }, fetcher);
  const read = createDocumentLoader(limits);
  const found = await Promise.all(Array.from({ length: 10 }, async () => read(graph, '{ title }')));
  expect([looked.length, new Set(found).size]).toEqual([1, 1]);
  expect(read(graph, '{ title }')).toBe(found[0]);
});

test('a document whose reading failed is read again', async () => {
  const planning = createInProcessPlanner(sdl);
  let isLost = true;
  const validate: typeof planning.validate = (document) =>
    isLost ? Promise.reject(new Error('the thread has ended')) : planning.validate(document);
  const graph = createGraph({ ...planning, validate }, fetcher);
  const read = createDocumentLoader(limits);
  await expect(read(graph, '{ title }')).rejects.toThrow('the thread has ended');
  isLost = false;
  expect(await read(graph, '{ title }')).toMatchObject({ errors: [] });
});

test('what is asked for is read and prepared on another supergraph before that counts', async () => {
  const read = createDocumentLoader(limits);
  const graphs = new GraphManager(fetcher, { validatePlan: () => [], loadDocument: read }, () => undefined);
  const ask = async (text: string) => {
    const { document } = await read(graphs.current(), text);
    return graphs.current().prepare(document, undefined);
  };
  graphs.swap(loaded(sdl));
  for (const text of ['{ title }', '{ title }', '{ title(act: 1) }', '{ title(act: 1) }', '{ once: title }'])
    await ask(text);
  const planned: string[] = [];
  const other = openInMemoryGraph({ plays: { sdl: 'type Query { title: String }', resolvers: {} } });
  const planning = loaded(other.sdl, (document) => planned.push(print(document)));
  await graphs.warmUp(planning);
  graphs.swap(planning);
  expect(planned).toEqual([print(parse('{ title }'))]);
  expect(read(graphs.current(), '{ title }')).toMatchObject({ errors: [] });
  await ask('{ title }');
  expect(planned).toHaveLength(1);
});

function loaded(text: string, noted: (document: DocumentNode) => void = () => undefined): ThreadedPlanner {
  const planning = createInProcessPlanner(text);
  return {
    ...planning,
    sdl: text,
    subgraphs: [],
    release: () => undefined,
    plan(document, operationName) {
      noted(document);
      return planning.plan(document, operationName);
    },
  };
}
