import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let ada: UserCaller;
let bob: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  [ada, bob] = await Promise.all([testbed.person('FREELANCER', 'Ada'), testbed.person('FREELANCER', 'Bob')]);
});
afterAll(() => testbed.close());

describe('postActivity', () => {
  test('returns the new activity', async () => {
    const before = Date.now();
    const { activity } = (await post(ada, { message: '  Hello, world.  ' })).data.postActivity;
    expect(activity).toMatchObject({
      message: 'Hello, world.',
      author: { id: ada.id },
      replyTo: null,
      replyCount: 0,
      likeCount: 0,
      likedByMe: false,
    });
    expect(hoursBetween(activity.createdAt, activity.expiresAt)).toBe(168);
    expect(Date.parse(activity.createdAt)).toBeGreaterThan(before - 10_000);
  });

  test.each([
    ['ONE_HOUR', 1],
    ['THREE_HOURS', 3],
    ['TWELVE_HOURS', 12],
    ['ONE_DAY', 24],
    ['THREE_DAYS', 72],
    ['SEVEN_DAYS', 168],
    ['THIRTY_DAYS', 720],
  ])('expires after %s: %d hours', async (lifetime, hours) => {
    const { activity } = (await post(ada, { message: 'Soon gone.', lifetime })).data.postActivity;
    expect(hoursBetween(activity.createdAt, activity.expiresAt)).toBe(hours);
  });

  test('accepts 1 to 280 user-perceived characters', async () => {
    expect((await post(ada, { message: '👩🏽‍❤️‍💋‍👨🏿'.repeat(280) })).errors).toEqual([]);
    for (const message of ['', ' \n ', '\u200b', 'x'.repeat(281), 'a\u0000b', `x${'\u0301'.repeat(10_000)}`])
      expect(badPaths(await post(ada, { message }))).toEqual(['input.message']);
  });

  test('rejects guests and machine clients', async () => {
    expect(codes(await post({ kind: 'guest' }, { message: 'Hi' }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await post(machineCaller('shows.write'), { message: 'Hi' }))).toEqual(['FORBIDDEN']);
  });
});

describe('replyToActivity', () => {
  test('adds a reply, which is counted and expires with the activity', async () => {
    const parent = await testbed.post(ada, 'Anyone?', 'ONE_DAY');
    const response = await reply(bob, { activityId: parent, message: 'x'.repeat(1024) });
    expect(response.errors).toEqual([]);
    expect(response.data.replyToActivity.activity.replyTo.id).toBe(parent);
    const { activity } = (await find(parent)).data;
    expect(activity).toMatchObject({ replyCount: 1, replies: { edges: [{ node: { author: { id: bob.id } } }] } });
    expect(response.data.replyToActivity.activity.expiresAt).toBe(activity.expiresAt);
  });

  test('counts concurrent replies correctly', async () => {
    const parent = await testbed.post(ada, 'All together now.');
    await Promise.all(Array.from({ length: 20 }, () => testbed.reply(bob, parent)));
    expect((await find(parent)).data.activity.replyCount).toBe(20);
  });

  test('accepts 1 to 1024 characters', async () => {
    const parent = await testbed.post(ada, 'Anyone?');
    for (const message of ['', 'x'.repeat(1025)])
      expect(badPaths(await reply(bob, { activityId: parent, message }))).toEqual(['input.message']);
  });

  test('returns NOT_FOUND for a missing, deleted or expired activity', async () => {
    const expired = await testbed.post(ada, 'Gone.');
    await expire(expired);
    for (const activityId of [expired, ada.id, 'nonsense'])
      expect(codes(await reply(bob, { activityId, message: 'Hi' }))).toEqual(['NOT_FOUND']);
  });

  test('rejects guests and machine clients', async () => {
    expect(codes(await reply({ kind: 'guest' }, { activityId: ada.id, message: 'Hi' }))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('deleteActivity', () => {
  test('deletes an activity of the caller', async () => {
    const id = await testbed.post(ada, 'Never mind.');
    expect((await remove(ada, id)).data).toEqual({ deleteActivity: { activityId: id } });
    expect((await find(id)).data.activity).toBeNull();
    expect(codes(await remove(ada, id))).toEqual(['NOT_FOUND']);
  });

  test('lets an admin delete any activity', async () => {
    const id = await testbed.post(ada, 'Bad words.');
    expect((await remove(await testbed.person('ADMIN'), id)).errors).toEqual([]);
  });

  test('rejects other users', async () => {
    const id = await testbed.post(ada, 'Mine.');
    expect(codes(await remove(bob, id))).toEqual(['FORBIDDEN']);
    expect(codes(await remove(await testbed.person('REVIEWER'), id))).toEqual(['FORBIDDEN']);
    expect(codes(await remove({ kind: 'guest' }, id))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await remove(machineCaller(), id))).toEqual(['FORBIDDEN']);
    expect((await find(id)).data.activity.id).toBe(id);
  });

  test('decrements the reply count once', async () => {
    const parent = await testbed.post(ada, 'Anyone?');
    const response = await testbed.reply(bob, parent);
    await Promise.all([remove(bob, response), remove(bob, response), remove(bob, response)]);
    expect((await find(parent)).data.activity).toMatchObject({ replyCount: 0, replies: { edges: [] } });
  });

  test('keeps the replies without their parent', async () => {
    const parent = await testbed.post(ada, 'Anyone?');
    const response = await testbed.reply(bob, parent);
    await remove(ada, parent);
    expect((await find(response)).data.activity.replyTo).toBeNull();
  });
});

describe('an expired activity', () => {
  test('is not returned by any field', async () => {
    const author = await testbed.person();
    const parent = await testbed.post(author, 'Ephemeral xylophone.');
    const replyId = await testbed.reply(bob, parent, 'Another xylophone.');
    const onItsOwn = await testbed.post(author, 'Enduring xylophone.');
    await expire(parent);
    const document = `query ($author: ID!, $parent: ID!, $replyId: ID!) {
      user(id: $author) { activities { edges { node { id } } } }
      parent: activity(id: $parent) { id }
      reply: activity(id: $replyId) { replyTo { id } }
      feed(first: 100) { edges { node { id } } }
      trending(first: 100) { id }
      searchActivities(query: "xylophone") { edges { node { id } } }
      _entities(representations: [{ __typename: "Activity", id: $parent }]) { ... on Activity { id } }
    }`;
    const { data } = await testbed.request(document, { variables: { author: author.id, parent, replyId } });
    expect(JSON.stringify(data)).not.toContain(parent);
    expect(data.user.activities.edges).toEqual([{ node: { id: onItsOwn } }]);
    expect(data.reply).toEqual({ replyTo: null });
  });
});

async function expire(id: string): Promise<void> {
  await testbed.sql(`update activities set expires_at = now() - interval '1 second' where id = $1`, [id]);
}

const fields = `id message createdAt expiresAt author { id } replyTo { id } replyCount likeCount likedByMe
  replies { edges { node { author { id } } } }`;

function post(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: PostActivityInput!) { postActivity(input: $input) { activity { ${fields} } } }`;
  return testbed.request(document, { caller, variables: { input } });
}

function reply(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: ReplyToActivityInput!) { replyToActivity(input: $input) { activity { ${fields} } } }`;
  return testbed.request(document, { caller, variables: { input } });
}

function remove(caller: Caller, activityId: string): Promise<GraphqlResponse> {
  const document = 'mutation ($input: DeleteActivityInput!) { deleteActivity(input: $input) { activityId } }';
  return testbed.request(document, { caller, variables: { input: { activityId } } });
}

function find(id: string): Promise<GraphqlResponse> {
  return testbed.request(`query ($id: ID!) { activity(id: $id) { ${fields} } }`, { variables: { id } });
}

function hoursBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000);
}
