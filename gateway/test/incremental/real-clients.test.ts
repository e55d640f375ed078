import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, fetchExchange, type OperationResult } from '@urql/core';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Library, openLibrary } from '../fixtures/library-subgraphs.js';

let library: Library;
let gateway: Gateway;

beforeAll(async () => {
  library = await openLibrary();
  gateway = await openGateway(library.all);
});
afterEach(() => void (library.people.behavior = 'normal'));
afterAll(async () => {
  await gateway.close();
  await library.close();
});

const deferred = gql`
  query Shelf {
    books {
      id
      title
      author {
        id
        ... @defer(label: "who") {
          name
          bio
        }
      }
    }
  }
`;

const streamed = gql`
  query Stream {
    books @stream(initialCount: 1) {
      id
      author {
        id
        name
      }
    }
  }
`;

const handlers = { Defer20220824Handler, GraphQL17Alpha9Handler };

describe.each(['Defer20220824Handler', 'GraphQL17Alpha9Handler'] as const)('Apollo Client with %s', (handler) => {
  test('reads the deferred parts of a query', async () => {
    const results = await readWithApollo(deferred, handler);
    expect(results[0]).toMatchObject({ books: [{ title: 'Book 1', author: { id: '1' } }, {}, {}] });
    expect(JSON.stringify(results[0])).not.toContain('Author 1');
    expect(results.at(-1)).toMatchObject({
      books: [{ author: { name: 'Author 1', bio: 'Bio 1' } }, {}, { author: { name: 'Author 3' } }],
    });
  });

  test('reads the later items of a list', async () => {
    const results = await readWithApollo(streamed, handler);
    expect(results[0]).toMatchObject({ books: [{ author: { name: 'Author 1' } }] });
    expect(results.at(-1)).toMatchObject({ books: [{ id: '1' }, { id: '2' }, { author: { name: 'Author 3' } }] });
  });
});

test('urql reads the deferred parts of a query, which it accepts as events', async () => {
  const results = await readWithUrql(deferred);
  expect(results.map(({ hasNext }) => hasNext)).toEqual([true, false]);
  expect(results[0]?.data).toMatchObject({ books: [{ title: 'Book 1', author: { id: '1' } }, {}, {}] });
  expect(results[1]?.data).toMatchObject({
    books: [{ author: { name: 'Author 1' } }, {}, { author: { name: 'Author 3' } }],
  });
});

test('urql reads the later items of a list in parts', async () => {
  const results = await readWithUrql(streamed, { accept: 'multipart/mixed' });
  expect(results[0]?.data).toMatchObject({ books: [{ author: { name: 'Author 1' } }] });
  expect(results.at(-1)?.data).toMatchObject({ books: [{ id: '1' }, { id: '2' }, { author: { name: 'Author 3' } }] });
});

async function readWithApollo(query: typeof deferred, handler: keyof typeof handlers): Promise<unknown[]> {
  const onResult = holdLaterParts(query);
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${gateway.url}/graphql`, fetch }),
    incrementalHandler: new handlers[handler](),
  });
  const results: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    client.watchQuery({ query, fetchPolicy: 'network-only' }).subscribe({
      next: ({ data, error, loading, dataState }) => {
        if (error) return reject(new Error(error.message, { cause: error }));
        if (data) results.push(JSON.parse(JSON.stringify(data)));
        if (results.length > 0) onResult();
        if (!loading && dataState === 'complete') resolve();
      },
      error: reject,
    });
  });
  client.stop();
  return results;
}

async function readWithUrql(query: typeof deferred, headers: Record<string, string> = {}): Promise<OperationResult[]> {
  const onResult = holdLaterParts(query);
  const client = new Client({
    url: `${gateway.url}/graphql`,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchOptions: { headers },
  });
  const results: OperationResult[] = [];
  await new Promise<void>((resolve) => {
    client.query(query, {}).subscribe((result) => {
      results.push(result);
      onResult();
      if (!result.hasNext) resolve();
    });
  });
  return results;
}

/**
 * Holds the later parts back until the client has the first one.
 * @returns a function that the client calls with each result
 */
function holdLaterParts(query: typeof deferred): () => void {
  let release = (): void => undefined;
  library.people.behavior = { after: new Promise<void>((resolve) => (release = resolve)) };
  // The first part of the list contains its first author.
  library.people.nextBehaviors = query === streamed ? ['normal'] : [];
  return () => release();
}
