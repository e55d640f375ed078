import { beforeEach, describe, expect, test } from '@jest/globals';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import { type FieldNode, parse, visit } from 'graphql';
import type { SubgraphResponse } from '../../src/engine/fetcher.js';
import type { OperationContext } from '../../src/engine/operation-context.js';
import { activeIncrements } from '../../src/engine/planner/active-increments.js';
import { memory, plain, resetPosts, run, start } from '../fixtures/posts-in-parts.js';

beforeEach(() => resetPosts());

describe('@defer', () => {
  test('delivers the first result while the fetches of later parts are pending', async () => {
    let respond: (response: SubgraphResponse) => void = () => undefined;
    memory.respondWith = (subgraph) =>
      subgraph === 'users' ? new Promise((resolve) => (respond = resolve)) : undefined;
    const { result, later } = await start('{ post { title author { id ... @defer(label: "who") { name } } } }');
    expect(plain(result)).toEqual({ data: { post: { title: 'Post 1', author: { id: '1' } } } });
    expect(later?.announced).toEqual([{ id: '0', path: ['post', 'author'], label: 'who' }]);
    respond({ data: { _entities: [{ name: 'Ada' }] } });
    expect(plain((await later?.next())?.value)).toMatchObject({ parts: [{ value: { name: 'Ada' } }], hasNext: false });
    expect(await later?.next()).toEqual({ done: true, value: undefined });
  });

  test('delivers one part for every item of a list', async () => {
    const { followed } = await run('{ posts { id author { ... @defer { name } } } }');
    expect(followed).toEqual([
      ['0', '1', '2'].map((index) => ({
        path: `posts.${index}.author`,
        value: { name: `User ${Number(index) + 1}` },
      })),
    ]);
  });

  test('delivers a nested part after the part that contains it', async () => {
    const { data, followed } = await run('{ post { id ... @defer { title author { id ... @defer { name } } } } }');
    expect(data).toEqual({ post: { id: '1' } });
    expect(followed).toEqual([
      [{ path: 'post', value: { title: 'Post 1', author: { id: '1' } } }],
      [{ path: 'post.author', value: { name: 'User 1' } }],
    ]);
  });

  test('delivers a part for every use of a fragment', async () => {
    const { followed } = await run(
      'query { one: post { ...Who } two: post { ...Who } } fragment Who on Post { author { ... @defer(label: "a") { name } } }',
    );
    expect(
      followed
        .flat()
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['one.author', 'two.author']);
  });

  test('delivers a field in both parts that select it', async () => {
    const { data, followed } = await run('{ post { title author { id } ... @defer { title author { id name } } } }');
    expect(data).toEqual({ post: { title: 'Post 1', author: { id: '1' } } });
    expect(followed).toEqual([[{ path: 'post', value: { title: 'Post 1', author: { id: '1', name: 'User 1' } } }]]);
  });

  test('works at the root of a query, and on fields that nothing has to be fetched for', async () => {
    const { data, followed } = await run('{ ... @defer { post { title } } ... @defer { __typename } }');
    expect(data).toEqual({});
    expect(followed.flat()).toEqual(
      expect.arrayContaining([
        { path: '', value: { __typename: 'Query' } },
        { path: '', value: { post: { title: 'Post 1' } } },
      ]),
    );
  });

  test('works below a mutation, which runs once', async () => {
    const { data, followed } = await run('mutation { publish { id ... @defer { title author { name } } } }');
    expect(data).toEqual({ publish: { id: '4' } });
    expect(followed).toEqual([[{ path: 'publish', value: { title: 'Post 4', author: { name: 'User 4' } } }]]);
    expect(memory.sent.filter(({ kind }) => kind === 'mutation')).toHaveLength(1);
  });

  test.each([
    ['if: $defer', { defer: false }],
    ['if: false', {}],
  ])('is one result with %s', async (condition, variables) => {
    const query = `query ($defer: Boolean = true) { post { title ... @defer(${condition}) { author { name } } } other: post { ... @skip(if: $defer) { id } } }`;
    const { data, followed } = await run(query, { variables });
    expect(data).toMatchObject({ post: { title: 'Post 1', author: { name: 'User 1' } } });
    expect(followed).toEqual([]);
  });

  test('has several results with a variable that is absent or has a default value', async () => {
    const query =
      'query ($defer: Boolean = true, $other: Boolean) { post { id ... @defer(if: $defer) { title } ... @defer(if: $other) { author { id } } } }';
    const { followed } = await run(query);
    expect(followed.flat()).toHaveLength(2);
  });

  test('refuses a condition that is null', async () => {
    const document = parse('query ($defer: Boolean) { post { ... @defer(if: $defer) { title } } }');
    expect(() => activeIncrements({ document, operationName: undefined, variables: { defer: null } })).toThrow(
      'variables.defer',
    );
  });

  test('announces nothing below a null', async () => {
    const { result, later } = await start('{ nothing { ... @defer { title } } }');
    expect(plain(result)).toEqual({ data: { nothing: null } });
    expect(later).toBeUndefined();
  });

  test('reports an error in its own part, where a null stops', async () => {
    memory.respondWith = (subgraph) => (subgraph === 'users' ? Promise.reject(new Error('users is down')) : undefined);
    const { data, errors, followed } = await run(
      '{ post { id ... @defer { title } author { id ... @defer { name } ... @defer { bio } } } }',
    );
    expect([data, errors]).toEqual([{ post: { id: '1', author: { id: '1' } } }, undefined]);
    expect(followed.flat()).toEqual(
      expect.arrayContaining([
        { path: 'post', value: { title: 'Post 1' } },
        { path: 'post.author', value: null, errors: ['undefined: users is down'] },
        { path: 'post.author', value: { bio: null }, errors: ['undefined: users is down'] },
      ]),
    );
  });

  describe('of a field that is fetched with the first result', () => {
    const respond = (errors: SubgraphResponse['errors'] = []) => {
      memory.respondWith = async () => ({ data: { post: { statistics: { views: 1, shares: null } } }, errors });
    };

    test('reports the error of the field in its part', async () => {
      respond([{ message: 'not counted', path: ['post', 'statistics', 'shares'] }]);
      const { data, errors, followed } = await run('{ post { statistics { views ... @defer { shares } } } }');
      expect([data, errors]).toEqual([{ post: { statistics: { views: 1 } } }, undefined]);
      expect(followed).toEqual([
        [{ path: 'post.statistics', value: null, errors: ['post.statistics.shares: not counted'] }],
      ]);
    });

    test('reports a null that is not allowed in its part', async () => {
      respond();
      const { followed } = await run('{ post { statistics { views ... @defer { shares } } } }');
      const error = 'post.statistics.shares: Cannot return null for non-nullable field Statistics.shares.';
      expect(followed).toEqual([[{ path: 'post.statistics', value: null, errors: [error] }]]);
    });

    test('keeps the null in its place with onError: "NULL"', async () => {
      respond();
      const { followed } = await run('{ post { statistics { views ... @defer { shares } } } }', { onError: 'NULL' });
      expect(followed).toMatchObject([[{ path: 'post.statistics', value: { shares: null } }]]);
    });
  });

  test('reports a denied field in its part, and does not fetch it', async () => {
    const document = parse('{ post { id ... @defer { title author { name } } } }');
    let denied: FieldNode | undefined;
    visit(document, { Field: (node) => void (node.name.value === 'author' && (denied = node)) });
    const { followed } = await run(document, {
      denied: new Map([[denied!, { code: 'FORBIDDEN', message: 'It needs more.', requires: [] }]]),
    });
    expect(followed).toEqual([
      [{ path: 'post', value: { title: 'Post 1', author: null }, errors: ['post.author: It needs more.'] }],
    ]);
    expect(memory.sent.some(({ subgraph }) => subgraph === 'users')).toBe(false);
  });

  test('plans an operation once for all values that defer the same parts', async () => {
    const document = parse('query ($a: Boolean!) { post { id ... @defer(if: $a) { title } } }');
    const prepare = (a: boolean) =>
      memory.graph.prepare(
        document,
        undefined,
        undefined,
        undefined,
        activeIncrements({ document, operationName: undefined, variables: { a } }),
      );
    const [on, again, off, single] = [
      await prepare(true),
      await prepare(true),
      await prepare(false),
      await memory.graph.prepare(document, undefined),
    ];
    expect(again).toBe(on);
    expect(off).toBe(single);
    expect(on).not.toBe(off);
    const used = memory.graph.mostUsed(100).filter((one) => one.document === document);
    expect(used.map(({ increments }) => increments?.key).toSorted()).toEqual(['parts true', undefined]);
  });

  test.each(['the client leaves', 'the client stops reading'])('cancels pending fetches when %s', async (reason) => {
    const pending: OperationContext[] = [];
    memory.respondWith = (subgraph) => (subgraph === 'users' ? new Promise(() => undefined) : undefined);
    const { fetch } = memory.fetcher;
    memory.fetcher.fetch = (subgraph, request, context) => {
      if (subgraph === 'users') pending.push(context);
      return fetch(subgraph, request, context);
    };
    const cancellation = new Cancellation();
    const { later } = await start('{ post { author { id ... @defer { name } } } }', { context: { cancellation } });
    const next = later?.next();
    if (reason === 'the client leaves') cancellation.cancel();
    else await later?.return();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(pending.map((context) => context.cancellation?.isCancelled)).toEqual([true]);
    memory.fetcher.fetch = fetch;
  });
});
