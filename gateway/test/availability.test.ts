import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let posts: Subgraph;
let gateway: Gateway;

const feed = '{ posts { title author { name bio } } }';
const secret = 'secret-of-the-service';

beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
  // Every illness is met anew, so the breaker of the last one has to close at once.
  gateway = await openGateway([users, posts], { SUBGRAPH_TIMEOUT_SECONDS: '0.5', SUBGRAPH_BREAKER_SECONDS: '0.001' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users.close(), posts.close()]);
});

afterEach(() => {
  users.behavior = 'well';
});

describe('while a service is ill, the rest of the answer stands', () => {
  test.each([
    ['never answers', 'hung'],
    ['never comes to the end of its answer', 'stalled'],
    ['answers with 500', { status: 500, text: `{"errors":[{"message":"${secret}"}]}` }],
    ['answers with 503 in HTML', { status: 503, text: `<h1>${secret}</h1>` }],
    ['answers with what is not JSON', { status: 200, text: `{"data": ${secret}` }],
    ['answers with JSON that is no GraphQL', { status: 200, text: `["${secret}"]` }],
    ['answers with nothing', { status: 200, text: '' }],
    ['leaves entities out', { status: 200, text: `{"data":{"_entities":[{"name":"${secret}"}]}}` }],
    ['sends it elsewhere', { status: 302, text: secret }],
    ['does not believe the signature', { status: 401, text: `{"errors":[{"message":"${secret}"}]}` }],
  ] as const)('when it %s', async (_, mood) => {
    users.behavior = mood;
    await expectPartialFeed();
  });

  test('when it is gone, and it is whole again when the service comes back', async () => {
    await users.stop();
    await expectPartialFeed();
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
    await users.restart();
    const { data, errors } = await gateway.query(feed);
    expect(errors).toEqual([]);
    expect(data.posts[0].author.name).toBe('User 1');
  });

  async function expectPartialFeed(): Promise<void> {
    const answer = await gateway.query(feed);
    expect(answer.status).toBe(200);
    expect(answer.data.posts[2]).toEqual({ title: 'Post 3', author: { name: null, bio: null } });
    expect(answer.errors).toEqual(
      [0, 1, 2].flatMap((index) => ['name', 'bio'].map((field) => unavailableAt(['posts', index, 'author', field]))),
    );
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${secret}|127\\.0\\.0\\.1|ECONN|response`));
  }
});

test('fields at the root are told by the names that the client gave them', async () => {
  users.behavior = { status: 500, text: '' };
  const { data, errors } = await gateway.query('{ who: caller myself: me { id } posts { id } }');
  expect(data).toBeNull();
  expect(errors).toEqual([unavailableAt(['who']), unavailableAt(['myself'])]);
});

test('an answer with 400 and GraphQL errors is the answer', async () => {
  users.behavior = {
    status: 400,
    text: '{"errors":[{"message":"Variable \\"$name\\" is too long.","extensions":{"code":"BAD_USER_INPUT"}}]}',
  };
  const { errors } = await gateway.query('mutation { rename(name: "x") { id } }');
  expect(errors).toEqual([{ message: 'Variable "$name" is too long.', extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('the gateway starts and is ready while every service is down', async () => {
  const gone = await openUsers();
  await gone.close();
  const alone = await openGateway([gone]);
  expect((await fetch(`${alone.url}/ready`)).status).toBe(200);
  const { errors } = await alone.query('{ me { id } }');
  expect(errors).toEqual([unavailableAt(['me'])]);
  await alone.close();
});

test('a value that a service left out against its schema is an error at its place', async () => {
  const careless = await openSubgraph({
    name: 'careless',
    sdl: 'type Query { things: [Thing] } type Thing @key(fields: "id") { id: ID! size: Int! }',
    resolvers: {},
  });
  careless.behavior = { status: 200, text: '{"data":{"things":[{"__typename":"Thing","id":"1","size":null}]}}' };
  const strict = await openGateway([careless]);
  const { data, errors } = await strict.query('{ things { id size } }');
  expect(data).toEqual({ things: [null] });
  expect(errors).toEqual([
    { message: 'Something went wrong on our side.', path: ['things', 0, 'size'], extensions: { code: 'INTERNAL' } },
  ]);
  await strict.close();
  await careless.close();
});

function unavailableAt(path: (string | number)[]): object {
  return {
    message: 'The service "users" does not answer now.',
    path,
    extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'users' },
  };
}
