import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { observeStores } from '@marquee/testkit/test-stores';
import { openUsersTestbed, type UsersTestbed } from './fixtures/users-testbed.js';

let testbed: UsersTestbed;
let reader: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  const authors = await Promise.all(
    Array.from({ length: 20 }, (_, index) => testbed.person('FREELANCER', `Author ${index}`)),
  );
  reader = authors[0] as UserCaller;
  await Promise.all(
    authors.map(async (author, index) => {
      const id = await testbed.post(author, `Pineapple ${index}`);
      const other = authors[(index + 1) % authors.length] as UserCaller;
      await Promise.all([
        testbed.reply(other, id),
        testbed.reply(reader, id),
        testbed.like(reader, id),
        testbed.like(other, id),
      ]);
      await testbed.reply(other, await testbed.post(reader, `Mine ${index}`));
    }),
  );
});
afterAll(() => testbed.close());

const activity = `id message author { handle } replyTo { id author { handle } } likeCount replyCount likedByMe
  replies(first: 3) { edges { node { id author { handle } likedByMe } } }`;

describe('the number of statements is independent of the page size', () => {
  test.each([
    ['the feed', 6, `query ($first: Int) { feed(first: $first) { edges { node { ${activity} } } } }`],
    [
      'people',
      1,
      'query ($first: Int) { users(first: $first) { edges { node { handle links { url } account { email } } } } }',
    ],
    [
      'people and what they post',
      5,
      `query ($first: Int) { users(first: $first) { edges { node { handle activities(first: 2) { edges { node {
        message likeCount likedByMe replyTo { message } replies(first: 3) { edges { node { message } } } } } } } } } }`,
    ],
    [
      'a search for people',
      1,
      'query ($first: Int) { users(first: $first, search: "author") { edges { node { handle } } } }',
    ],
    [
      'a search',
      2,
      'query ($first: Int) { searchActivities(query: "pineapple", first: $first) { edges { node { author { handle } } } } }',
    ],
    ['trending', 3, 'query ($first: Int) { trending(first: $first) { id author { handle } likedByMe likeCount } }'],
    [
      'notifications',
      4,
      `query ($first: Int) { notifications(first: $first) { edges { node {
        kind text actor { handle } subject { ... on Activity {
          message author { handle } replyTo { message } likedByMe } } } } } }`,
    ],
  ])('%s: %d statements', async (_, expected, document) => {
    const small = await cost(document, 2);
    const large = await cost(document, 20);
    expect(large.length).toBeGreaterThan(small.length);
    expect({ small: small.statements, large: large.statements }).toEqual({ small: expected, large: expected });
  });

  test('references to many entities of one type: one statement', async () => {
    const ids = (await testbed.sql<{ id: string }>('select id from users')).map(({ id }) => id);
    const handles = (await testbed.sql<{ handle: string }>('select handle from users')).map(({ handle }) => handle);
    const activities = (await testbed.sql<{ id: string }>('select id from activities limit 20')).map(({ id }) => id);
    expect(await entities(ids.map((id) => ({ __typename: 'User', id })))).toEqual({ found: ids, statements: 1 });
    expect(await entities(handles.map((handle) => ({ __typename: 'User', handle })))).toMatchObject({ statements: 1 });
    const ofActivities = await entities(activities.map((id) => ({ __typename: 'Activity', id })));
    expect(ofActivities).toEqual({ found: activities, statements: 1 });
  });
});

describe('a reference', () => {
  test('resolves a user by id and by handle, and an activity by id', async () => {
    const id = await testbed.post(reader, 'Refer to me.');
    const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on User { id } ... on Activity { message } } }`;
    const representations = [
      { __typename: 'User', id: reader.id },
      { __typename: 'User', handle: 'author_0' },
      { __typename: 'Activity', id },
    ];
    const { data } = await testbed.request(document, { variables: { representations } });
    expect(data._entities).toEqual([{ id: reader.id }, { id: expect.any(String) }, { message: 'Refer to me.' }]);
  });

  test('to a missing activity is null, and to a missing user a tombstone', async () => {
    const nowhere = '019a0000-0000-7000-8000-ffffffffffff';
    const representations = [
      { __typename: 'User', id: nowhere },
      { __typename: 'User', id: 'nonsense' },
      { __typename: 'User', handle: 'nobody_here' },
      { __typename: 'Activity', id: nowhere },
      { __typename: 'Activity', id: 'nonsense' },
    ];
    const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on User { isGone } } }`;
    const { data, errors } = await testbed.request(document, { variables: { representations } });
    const gone = { __typename: 'User', isGone: true };
    expect({ data, errors }).toEqual({ data: { _entities: [gone, gone, gone, null, null] }, errors: [] });
  });
});

async function cost(document: string, first: number): Promise<{ statements: number; length: number }> {
  const { result, requests } = await observeStores(() =>
    testbed.request(document, { caller: reader, variables: { first } }),
  );
  expect(result.errors).toEqual([]);
  return { statements: requests.length, length: JSON.stringify(result.data).length };
}

async function entities(representations: object[]): Promise<{ found: string[]; statements: number }> {
  const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on User { id } ... on Activity { id } } }`;
  const { result, requests } = await observeStores(() => testbed.request(document, { variables: { representations } }));
  return { found: result.data._entities.map((entity: { id: string }) => entity.id), statements: requests.length };
}
