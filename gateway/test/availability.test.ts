import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let posts: Subgraph;
let gateway: Gateway;
/** With a short timeout, for services that do not answer. */
let hasty: Gateway;

const postsWithAuthors = '{ posts { title author { name bio } } }';
const secret = 'secret-of-the-service';

beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
  // A short open time, so that the breaker that one failure mode opens does not affect the next test.
  const breaker = { SUBGRAPH_BREAKER_SECONDS: '0.001' };
  gateway = await openGateway([users, posts], { SUBGRAPH_TIMEOUT_SECONDS: '60', ...breaker });
  hasty = await openGateway([users, posts], { SUBGRAPH_TIMEOUT_SECONDS: '2', ...breaker });
});

afterAll(async () => {
  await Promise.all([gateway.close(), hasty.close()]);
  await Promise.all([users.close(), posts.close()]);
});

afterEach(() => {
  users.behavior = 'normal';
});

describe('a failing subgraph costs only its own fields', () => {
  test.each([
    ['responds with 500', { status: 500, text: `{"errors":[{"message":"${secret}"}]}` }],
    ['responds with 503 and HTML', { status: 503, text: `<h1>${secret}</h1>` }],
    ['responds with invalid JSON', { status: 200, text: `{"data": ${secret}` }],
    ['responds with JSON that is not GraphQL', { status: 200, text: `["${secret}"]` }],
    ['responds with an empty body', { status: 200, text: '' }],
    ['omits entities', { status: 200, text: `{"data":{"_entities":[{"name":"${secret}"}]}}` }],
    ['redirects', { status: 302, text: secret }],
    ['rejects the signature', { status: 401, text: `{"errors":[{"message":"${secret}"}]}` }],
  ] as const)('when it %s', async (_, behavior) => {
    users.behavior = behavior;
    await expectPartialResult();
  });

  test.each([
    ['never responds', 'hang'],
    ['stalls in the middle of its response', 'stall'],
  ] as const)('when it %s', async (_, behavior) => {
    // Prepares the operation, of which every step has two seconds from then on.
    await hasty.query(postsWithAuthors);
    users.behavior = behavior;
    await expectPartialResult(hasty);
  });

  test('when it is down, and recovers when it is back', async () => {
    await users.stop();
    await expectPartialResult();
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
    await users.restart();
    const { data, errors } = await gateway.query(postsWithAuthors);
    expect(errors).toEqual([]);
    expect(data.posts[0].author.name).toBe('User 1');
  });

  async function expectPartialResult(at = gateway): Promise<void> {
    const response = await at.query(postsWithAuthors);
    expect(response.status).toBe(200);
    expect(response.data.posts[2]).toEqual({ title: 'Post 3', author: { name: null, bio: null } });
    expect(response.errors).toEqual(
      [0, 1, 2].flatMap((index) => ['name', 'bio'].map((field) => unavailableAt(['posts', index, 'author', field]))),
    );
    expect(JSON.stringify(response)).not.toMatch(new RegExp(`${secret}|127\\.0\\.0\\.1|ECONN|response`));
  }
});

test('reports errors of root fields at their aliases', async () => {
  users.behavior = { status: 500, text: '' };
  const { data, errors } = await gateway.query('{ viewer: caller myself: me { id } posts { id } }');
  expect(data).toBeNull();
  expect(errors).toEqual([unavailableAt(['viewer']), unavailableAt(['myself'])]);
});

test('passes on the GraphQL errors of a response with status 400', async () => {
  users.behavior = {
    status: 400,
    text: '{"errors":[{"message":"Variable \\"$name\\" is too long.","extensions":{"code":"BAD_USER_INPUT"}}]}',
  };
  const { errors } = await gateway.query('mutation { rename(name: "x") { id } }');
  expect(errors).toEqual([{ message: 'Variable "$name" is too long.', extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('starts and is ready while every subgraph is down', async () => {
  const stopped = await openUsers();
  await stopped.close();
  const other = await openGateway([stopped]);
  expect((await fetch(`${other.url}/ready`)).status).toBe(200);
  const { errors } = await other.query('{ me { id } }');
  expect(errors).toEqual([unavailableAt(['me'])]);
  await other.close();
});

test('reports an INTERNAL error where a subgraph returns null for a non-null field', async () => {
  const nonconforming = await openSubgraph({
    name: 'nonconforming',
    sdl: 'type Query { things: [Thing] } type Thing @key(fields: "id") { id: ID! size: Int! }',
    resolvers: {},
  });
  nonconforming.behavior = { status: 200, text: '{"data":{"things":[{"__typename":"Thing","id":"1","size":null}]}}' };
  const strict = await openGateway([nonconforming]);
  const { data, errors } = await strict.query('{ things { id size } }');
  expect(data).toEqual({ things: [null] });
  expect(errors).toEqual([
    { message: 'An internal error occurred.', path: ['things', 0, 'size'], extensions: { code: 'INTERNAL' } },
  ]);
  await strict.close();
  await nonconforming.close();
});

function unavailableAt(path: (string | number)[]): object {
  return {
    message: 'The service "users" is unavailable.',
    path,
    extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'users' },
  };
}
