import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SubgraphResponse } from '../../src/engine/fetcher.js';
import { memory, plain, resetPosts, run, start } from '../fixtures/posts-in-parts.js';

beforeEach(() => resetPosts());

describe('@stream', () => {
  test('delivers the items after the first ones in a later result', async () => {
    const { data, followed } = await run('query ($first: Int) { posts @stream(initialCount: $first) { id } }', {
      variables: { first: 2 },
    });
    expect(data).toEqual({ posts: [{ id: '1' }, { id: '2' }] });
    expect(followed).toEqual([[{ path: 'posts', value: [{ id: '3' }] }]]);
  });

  test('delivers all items later without a number', async () => {
    const { data, followed } = await run('{ posts @stream { id } }');
    expect(data).toEqual({ posts: [] });
    expect(followed).toEqual([[{ path: 'posts', value: [{ id: '1' }, { id: '2' }, { id: '3' }] }]]);
  });

  test('is one result for a list that is not longer', async () => {
    const { later } = await start('{ posts @stream(initialCount: 3) { id } }');
    expect(later).toBeUndefined();
  });

  test('does not wait for the fetches of later items before the first result', async () => {
    let respond: (response: SubgraphResponse) => void = () => undefined;
    const requested: unknown[] = [];
    memory.respondWith = (subgraph, { body }) => {
      if (subgraph !== 'users') return undefined;
      const { representations } = (JSON.parse(body) as { variables: { representations: { id: string }[] } }).variables;
      requested.push(representations.map(({ id }) => id));
      return requested.length > 1 ? new Promise((resolve) => (respond = resolve)) : undefined;
    };
    const query = 'query ($first: Int) { posts @stream(initialCount: $first) { id author { name } } }';
    const { result, later } = await start(query, { variables: { first: 1 } });
    expect(plain(result)).toEqual({ data: { posts: [{ id: '1', author: { name: 'User 1' } }] } });
    while (requested.length < 2) await nextMacrotask();
    expect(requested).toEqual([['1'], ['2', '3']]);
    const path = ['_entities', 1, 'name'];
    respond({ data: { _entities: [{ name: 'Bo' }, null] }, errors: [{ message: 'no user', path }] });
    expect(plain((await later?.next())?.value)).toMatchObject({
      parts: [{ path: ['posts'], from: 1, value: [{ author: { name: 'Bo' } }, { id: '3', author: null }] }],
    });
  });

  test('reports the error of a later item at its index', async () => {
    const failed = [{ message: 'no user', path: ['_entities', 1, 'name'] }];
    memory.respondWith = (subgraph, { body }) =>
      subgraph === 'users' && body.includes('"3"')
        ? Promise.resolve({ data: { _entities: [{ name: 'Bo' }, null] }, errors: failed })
        : undefined;
    const { errors, followed } = await run('{ posts @stream(initialCount: 1) { author { name } } }');
    expect(errors).toBeUndefined();
    expect(followed).toEqual([
      [
        {
          path: 'posts',
          value: [{ author: { name: 'Bo' } }, { author: null }],
          errors: ['posts.2.author.name: no user'],
        },
      ],
    ]);
  });

  test('combines with @defer', async () => {
    const { data, followed } = await run('{ posts @stream(initialCount: 1) { id author { ... @defer { name } } } }');
    expect(data).toEqual({ posts: [{ id: '1', author: {} }] });
    expect(followed.flat()).toEqual(
      expect.arrayContaining([
        { path: 'posts.0.author', value: { name: 'User 1' } },
        {
          path: 'posts',
          value: [
            { id: '2', author: {} },
            { id: '3', author: {} },
          ],
        },
        { path: 'posts.2.author', value: { name: 'User 3' } },
      ]),
    );
  });
});
