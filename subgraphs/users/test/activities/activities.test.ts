import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let world: UsersTestbed;
let ada: UserCaller;
let bob: UserCaller;
beforeAll(async () => {
  world = await openUsersTestbed();
  [ada, bob] = await Promise.all([world.person('FREELANCER', 'Ada'), world.person('FREELANCER', 'Bob')]);
});
afterAll(() => world.close());

describe('postActivity', () => {
  test('answers with what was posted', async () => {
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
  ])('%s is %d hours', async (lifetime, hours) => {
    const { activity } = (await post(ada, { message: 'Soon gone.', lifetime })).data.postActivity;
    expect(hoursBetween(activity.createdAt, activity.expiresAt)).toBe(hours);
  });

  test('takes 1 to 280 characters as people see them', async () => {
    expect((await post(ada, { message: '👩🏽‍❤️‍💋‍👨🏿'.repeat(280) })).errors).toEqual([]);
    for (const message of ['', ' \n ', '\u200b', 'x'.repeat(281), 'a\u0000b', `x${'\u0301'.repeat(10_000)}`])
      expect(badPaths(await post(ada, { message }))).toEqual(['input.message']);
  });

  test('needs a user', async () => {
    expect(codes(await post({ kind: 'guest' }, { message: 'Hi' }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await post(machineCaller('shows.write'), { message: 'Hi' }))).toEqual(['FORBIDDEN']);
  });
});

describe('replyToActivity', () => {
  test('answers an activity, is counted and goes with it', async () => {
    const parent = await world.post(ada, 'Anyone?', 'ONE_DAY');
    const answer = await reply(bob, { activityId: parent, message: 'x'.repeat(1024) });
    expect(answer.errors).toEqual([]);
    expect(answer.data.replyToActivity.activity.replyTo.id).toBe(parent);
    const { activity } = (await find(parent)).data;
    expect(activity).toMatchObject({ replyCount: 1, replies: { edges: [{ node: { author: { id: bob.id } } }] } });
    expect(answer.data.replyToActivity.activity.expiresAt).toBe(activity.expiresAt);
  });

  test('counts every reply of many at once', async () => {
    const parent = await world.post(ada, 'All together now.');
    await Promise.all(Array.from({ length: 20 }, () => world.reply(bob, parent)));
    expect((await find(parent)).data.activity.replyCount).toBe(20);
  });

  test('takes 1 to 1024 characters', async () => {
    const parent = await world.post(ada, 'Anyone?');
    for (const message of ['', 'x'.repeat(1025)])
      expect(badPaths(await reply(bob, { activityId: parent, message }))).toEqual(['input.message']);
  });

  test('needs something to answer', async () => {
    const expired = await world.post(ada, 'Gone.');
    await expire(expired);
    for (const activityId of [expired, ada.id, 'nonsense'])
      expect(codes(await reply(bob, { activityId, message: 'Hi' }))).toEqual(['NOT_FOUND']);
  });

  test('needs a user', async () => {
    expect(codes(await reply({ kind: 'guest' }, { activityId: ada.id, message: 'Hi' }))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('deleteActivity', () => {
  test('is for the author', async () => {
    const id = await world.post(ada, 'Never mind.');
    expect((await remove(ada, id)).data).toEqual({ deleteActivity: { activityId: id } });
    expect((await find(id)).data.activity).toBeNull();
    expect(codes(await remove(ada, id))).toEqual(['NOT_FOUND']);
  });

  test('is for admins', async () => {
    const id = await world.post(ada, 'Bad words.');
    expect((await remove(await world.person('ADMIN'), id)).errors).toEqual([]);
  });

  test('is for nobody else', async () => {
    const id = await world.post(ada, 'Mine.');
    expect(codes(await remove(bob, id))).toEqual(['FORBIDDEN']);
    expect(codes(await remove(await world.person('REVIEWER'), id))).toEqual(['FORBIDDEN']);
    expect(codes(await remove({ kind: 'guest' }, id))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await remove(machineCaller(), id))).toEqual(['FORBIDDEN']);
    expect((await find(id)).data.activity.id).toBe(id);
  });

  test('takes a reply out of the count, once', async () => {
    const parent = await world.post(ada, 'Anyone?');
    const answer = await world.reply(bob, parent);
    await Promise.all([remove(bob, answer), remove(bob, answer), remove(bob, answer)]);
    expect((await find(parent)).data.activity).toMatchObject({ replyCount: 0, replies: { edges: [] } });
  });

  test('leaves the replies without what they answered', async () => {
    const parent = await world.post(ada, 'Anyone?');
    const answer = await world.reply(bob, parent);
    await remove(ada, parent);
    expect((await find(answer)).data.activity.replyTo).toBeNull();
  });
});

describe('What has expired', () => {
  test('is returned nowhere', async () => {
    const author = await world.person();
    const parent = await world.post(author, 'Ephemeral xylophone.');
    const answer = await world.reply(bob, parent, 'Another xylophone.');
    const onItsOwn = await world.post(author, 'Enduring xylophone.');
    await expire(parent);
    const document = `query ($author: ID!, $parent: ID!, $answer: ID!) {
      user(id: $author) { activities { edges { node { id } } } }
      parent: activity(id: $parent) { id }
      answer: activity(id: $answer) { replyTo { id } }
      feed(first: 100) { edges { node { id } } }
      trending(first: 100) { id }
      searchActivities(query: "xylophone") { edges { node { id } } }
      _entities(representations: [{ __typename: "Activity", id: $parent }]) { ... on Activity { id } }
    }`;
    const { data } = await world.request(document, { variables: { author: author.id, parent, answer } });
    expect(JSON.stringify(data)).not.toContain(parent);
    expect(data.user.activities.edges).toEqual([{ node: { id: onItsOwn } }]);
    expect(data.answer).toEqual({ replyTo: null });
  });
});

async function expire(id: string): Promise<void> {
  await world.sql(`update activities set expires_at = now() - interval '1 second' where id = $1`, [id]);
}

const fields = `id message createdAt expiresAt author { id } replyTo { id } replyCount likeCount likedByMe
  replies { edges { node { author { id } } } }`;

function post(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: PostActivityInput!) { postActivity(input: $input) { activity { ${fields} } } }`;
  return world.request(document, { caller, variables: { input } });
}

function reply(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: ReplyToActivityInput!) { replyToActivity(input: $input) { activity { ${fields} } } }`;
  return world.request(document, { caller, variables: { input } });
}

function remove(caller: Caller, activityId: string): Promise<GraphqlResponse> {
  const document = 'mutation ($input: DeleteActivityInput!) { deleteActivity(input: $input) { activityId } }';
  return world.request(document, { caller, variables: { input: { activityId } } });
}

function find(id: string): Promise<GraphqlResponse> {
  return world.request(`query ($id: ID!) { activity(id: $id) { ${fields} } }`, { variables: { id } });
}

function hoursBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000);
}
