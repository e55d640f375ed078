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
const limits = {
  GUARD_TOKENS: 100,
  GUARD_DEPTH: 5,
  GUARD_ALIASES: 5,
  GUARD_ROOT_FIELDS: 5,
  GUARD_DIRECTIVES: 5,
  GUARD_FETCHES: 30,
};

describe('the planner thread', () => {
  let planner: ThreadedPlanner;

  beforeAll(async () => {
    planner = await openThreadedPlanner(sdl);
  });

  afterAll(() => planner.release());

  test.each(['{ title }', '{ title\n  author }', '{ title(act: "one") other }', 'subscription { title }'])(
    'validates %j with the same errors as the planner in the process',
    async (text) => {
      const document = parse(text);
      const serialize = async (errors: Promise<readonly Error[]>) =>
        JSON.parse(JSON.stringify(await errors)) as unknown;
      expect(await serialize(planner.validate(document))).toEqual(
        await serialize(createInProcessPlanner(sdl).validate(document)),
      );
    },
  );

  test('reports the fields that plans add: __typename and keys', () => {
    expect([...planner.plannerFields.keys()]).toEqual(['__typename', 'code']);
    expect(planner.plannerFields).toEqual(createInProcessPlanner(sdl).plannerFields);
  });
});

test('a document that arrives many times at once is loaded once', async () => {
  const planner = createInProcessPlanner(sdl);
  const validated: unknown[] = [];
  const validate = (document: Parameters<typeof planner.validate>[0]) => (
    validated.push(document),
    planner.validate(document)
  );
  const graph = createGraph({ ...planner, validate }, fetcher);
  const load = createDocumentLoader(limits);
  const loaded = await Promise.all(Array.from({ length: 10 }, async () => load(graph, '{ title }')));
  expect([validated.length, new Set(loaded).size]).toEqual([1, 1]);
  expect(load(graph, '{ title }')).toBe(loaded[0]);
});

test('documents that are sent once, or refused, do not evict one that is in use', async () => {
  const planner = createInProcessPlanner(sdl);
  const graph = createGraph(planner, fetcher);
  const load = createDocumentLoader(limits, { bounds: { onTrial: 10, kept: 10, maxSize: 10_000 } });
  const used = await load(graph, '{ title }');
  expect(load(graph, '{ title }')).toBe(used);
  for (let index = 0; index < 20; index++) await load(graph, `{ once${index}: title }`);
  for (let index = 0; index < 20; index++) await load(graph, `{ unknown${index} }`);
  expect(load(graph, '{ title }')).toBe(used);
  expect(load(graph, '{ once0: title }')).toBeInstanceOf(Promise);
  expect(load(graph, '{ unknown19 }')).toBeInstanceOf(Promise);
});

test('a document of more than 64 KiB is refused before it is parsed', async () => {
  const load = createDocumentLoader(limits);
  const graph = createGraph(createInProcessPlanner(sdl), fetcher);
  const ofLength = async (length: number) => (await load(graph, `{ title }${' '.repeat(length - 9)}`)).errors;
  expect(await ofLength(64 * 1024)).toEqual([]);
  expect(await ofLength(64 * 1024 + 1)).toMatchObject([
    { message: expect.stringContaining('at most 65536 characters'), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test('too many new documents of one caller are refused, without harm to others', async () => {
  const graph = createGraph(createInProcessPlanner(sdl), fetcher);
  const load = createDocumentLoader(limits);
  const flood = Array.from({ length: 80 }, async (_, index) =>
    load(graph, `{ flood${index}: title }`, { address: 'busy', caller: 'guest' }),
  );
  const other = await load(graph, '{ title }', { address: 'other', caller: 'guest' });
  expect(other.errors).toEqual([]);
  const refused = (await Promise.all(flood)).flatMap(({ errors }) => errors);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } });
});

test('a document is loaded in the first turn of those who wait for it', async () => {
  const graph = createGraph(createInProcessPlanner(sdl), fetcher);
  const load = createDocumentLoader(limits);
  const order: string[] = [];
  const request = async (text: string, address: string) => {
    await load(graph, text, { address, caller: 'guest' });
    order.push(`${text} for ${address}`);
  };
  const first = Array.from({ length: 20 }, (_, index) => request(`{ a${index}: title }`, 'busy'));
  await Promise.all([...first, request('{ title }', 'busy'), request('{ title }', 'other')]);
  expect(order.indexOf('{ title } for other')).toBeLessThan(10);
  expect(order.indexOf('{ title } for busy')).toBeLessThan(10);
});

test('a document whose loading failed is loaded again', async () => {
  const planner = createInProcessPlanner(sdl);
  let isThreadLost = true;
  const validate: typeof planner.validate = (document) =>
    isThreadLost ? Promise.reject(new Error('the thread has exited')) : planner.validate(document);
  const graph = createGraph({ ...planner, validate }, fetcher);
  const load = createDocumentLoader(limits);
  await expect(load(graph, '{ title }')).rejects.toThrow('the thread has exited');
  isThreadLost = false;
  expect(await load(graph, '{ title }')).toMatchObject({ errors: [] });
});

test('documents in use are loaded and prepared on a new supergraph before it is used', async () => {
  const load = createDocumentLoader(limits);
  const graphs = new GraphManager(fetcher, { validatePlan: () => [], loadDocument: load }, () => undefined);
  const ask = async (text: string) => {
    const { document } = await load(graphs.current(), text);
    return graphs.current().prepare(document, undefined);
  };
  graphs.swap(loaded(sdl));
  for (const text of ['{ title }', '{ title }', '{ title(act: 1) }', '{ title(act: 1) }', '{ once: title }'])
    await ask(text);
  const planned: string[] = [];
  const other = openInMemoryGraph({ plays: { sdl: 'type Query { title: String }', resolvers: {} } });
  const planner = loaded(other.sdl, (document) => planned.push(print(document)));
  await graphs.warmUp(planner);
  graphs.swap(planner);
  expect(planned).toEqual([print(parse('{ title }'))]);
  expect(load(graphs.current(), '{ title }')).toMatchObject({ errors: [] });
  await ask('{ title }');
  expect(planned).toHaveLength(1);
});

function loaded(text: string, noted: (document: DocumentNode) => void = () => undefined): ThreadedPlanner {
  const planner = createInProcessPlanner(text);
  return {
    ...planner,
    sdl: text,
    subgraphs: [],
    release: () => undefined,
    plan(document, operationName) {
      noted(document);
      return planner.plan(document, operationName);
    },
  };
}
