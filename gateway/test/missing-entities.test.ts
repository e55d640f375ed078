import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createGraph } from '../src/engine/graph.js';
import { createInProcessPlanner } from '../src/engine/planner/in-process-planner.js';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

const inMemory = openInMemoryGraph({
  inbox: {
    sdl: `
      type Query { chats: [Chat!]! }
      type Chat { id: ID! job: Job strict: Job! files: [File]! }
      type Job @key(fields: "id") { id: ID! }
      type File @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { chats: () => ['known', 'gone', 'failing'].map((id) => ({ id })) },
      Chat: {
        job: ({ id }: { id: string }) => ({ id }),
        strict: ({ id }: { id: string }) => ({ id }),
        files: () => [{ id: 'known' }, { id: 'gone' }],
      },
    },
  },
  jobs: {
    sdl: `
      type Job @key(fields: "id") { id: ID! title: String! budget: Int parts: [Part!]! }
      type Part { name: String! }
      type File @key(fields: "id") { id: ID! bytes: Int! }`,
    resolvers: {
      Job: { __resolveReference: ({ id }: { id: string }) => find(id), parts: () => [{ name: null }] },
      File: { __resolveReference: ({ id }: { id: string }) => find(id) },
    },
  },
});

async function find(id: string): Promise<object | null> {
  if (id === 'failing') throw new Error('The database is unavailable.');
  return id === 'known' ? { id, title: 'A cover', budget: null, bytes: 7 } : null;
}

const behaviors = [['PROPAGATE'], ['NULL'], ['HALT']] as const;

describe('a reference to an entity that its subgraph does not find', () => {
  test.each(behaviors)('is null without an error if a non-null field is selected, with onError %s', async (onError) => {
    const { data, errors } = await execute('{ chats { id files { id bytes } } }', onError);
    const files = [{ id: 'known', bytes: 7 }, null];
    expect(errors).toBeUndefined();
    expect(data).toEqual({ chats: ['known', 'gone', 'failing'].map((id) => ({ id, files })) });
  });

  test('keeps its key if only nullable fields are selected', async () => {
    const { data } = await execute('{ chats { job { id budget } } }', 'PROPAGATE');
    expect(data).toMatchObject({ chats: [{}, { job: { id: 'gone', budget: null } }, {}] });
  });

  test.each([['PROPAGATE'], ['NULL']] as const)(
    'does not hide the error of another entity in the same fetch, with onError %s',
    async (onError) => {
      const { data, errors } = await execute('{ chats { job { id title } } }', onError);
      expect(errors?.map(({ path, message }) => [path, message])).toEqual([
        [['chats', 2, 'job'], 'The database is unavailable.'],
      ]);
      const failing = onError === 'NULL' ? { id: 'failing', title: null } : null;
      expect(data).toEqual({ chats: [{ job: { id: 'known', title: 'A cover' } }, { job: null }, { job: failing }] });
    },
  );

  test('is an error in a non-null position', async () => {
    const { data, errors } = await execute('{ chats { strict { title } } }', 'PROPAGATE');
    expect(data).toBeNull();
    expect(errors).not.toEqual([]);
  });

  test('is an error with the rule of the stock executor', async () => {
    const planner = createInProcessPlanner(inMemory.sdl);
    const graph = createGraph(planner, inMemory.fetcher, { missingEntities: 'error' });
    const prepared = await graph.prepare(parse('{ chats { files { bytes } } }'), undefined);
    const { errors } = await graph.execute(prepared, { variables: {}, context: { caller: { kind: 'guest' } } });
    expect(errors?.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'Cannot return null for non-nullable field File.bytes.'),
    );
  });
});

test('an invalid value of an entity that exists is reported', async () => {
  const { errors } = await execute('{ chats { job { parts { name } } } }', 'PROPAGATE');
  expect(errors).not.toEqual([]);
});

function execute(query: string, onError: 'PROPAGATE' | 'NULL' | 'HALT') {
  return inMemory.execute(query, {}, onError === 'PROPAGATE' ? {} : { onError });
}
