import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let world: UsersTestbed;
beforeAll(async () => void (world = await openUsersTestbed()));
afterAll(() => world.close());

describe('setActivityLike', () => {
  test('says how it shall be, and twice is the same as once', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Like me.');
    const liked = { activity: { id, likeCount: 1, likedByMe: true } };
    expect((await world.like(fan, id)).data.setActivityLike).toEqual(liked);
    expect((await world.like(fan, id)).data.setActivityLike).toEqual(liked);
    const unliked = { activity: { id, likeCount: 0, likedByMe: false } };
    expect((await world.like(fan, id, false)).data.setActivityLike).toEqual(unliked);
    expect((await world.like(fan, id, false)).data.setActivityLike).toEqual(unliked);
  });

  test('counts one like of one person who sends many at once', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Like me.');
    await Promise.all(Array.from({ length: 20 }, () => world.like(fan, id)));
    expect(await countsOf(id)).toEqual({ like_count: 1, likes: 1, notifications: 1 });
  });

  test('keeps the count right while many like and unlike', async () => {
    const author = await world.person();
    const id = await world.post(author, 'Like me, or not.');
    const fans = await Promise.all(Array.from({ length: 5 }, () => world.person()));
    const wishes = fans.flatMap((fan) => [true, false, true, false, true].map((liked) => world.like(fan, id, liked)));
    for (const { errors } of await Promise.all(wishes)) expect(errors).toEqual([]);
    const counts = await countsOf(id);
    expect(counts.like_count).toBe(counts.likes);
    expect(counts.notifications).toBe(counts.likes);
  });

  test('each of several in one request answers with what is true after it', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Like me.');
    const document = `mutation ($id: ID!) {
      on: setActivityLike(input: { activityId: $id, liked: true }) { activity { likeCount likedByMe } }
      off: setActivityLike(input: { activityId: $id, liked: false }) { activity { likeCount likedByMe } } }`;
    expect((await world.request(document, { caller: fan, variables: { id } })).data).toEqual({
      on: { activity: { likeCount: 1, likedByMe: true } },
      off: { activity: { likeCount: 0, likedByMe: false } },
    });
  });

  test('needs an activity that is there', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Gone.');
    await world.sql(`update activities set expires_at = now() where id = $1`, [id]);
    for (const activityId of [id, author.id, 'nonsense'])
      for (const liked of [true, false]) expect(codes(await world.like(fan, activityId, liked))).toEqual(['NOT_FOUND']);
  });

  test('needs a user', async () => {
    const id = await world.post(await world.person(), 'Like me.');
    expect(codes(await world.like({ kind: 'guest' }, id))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await world.like(machineCaller(), id))).toEqual(['FORBIDDEN']);
  });

  test('is not shown as liked to others', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Like me.');
    await world.like(fan, id);
    const document = 'query ($id: ID!) { activity(id: $id) { likedByMe } }';
    const seenBy = async (caller: Caller) =>
      (await world.request(document, { caller, variables: { id } })).data.activity.likedByMe;
    expect([
      await seenBy(fan),
      await seenBy(author),
      await seenBy({ kind: 'guest' }),
      await seenBy(machineCaller()),
    ]).toEqual([true, false, false, false]);
  });
});

describe('An author is told', () => {
  test('of a like and of a reply, the newest first', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Hello.');
    await world.like(fan, id);
    const answer = await world.reply(fan, id);
    expect(await told(author)).toEqual([
      { kind: 'REPLY', actor: { id: fan.id }, activity: { id: answer }, readAt: null },
      { kind: 'LIKE', actor: { id: fan.id }, activity: { id }, readAt: null },
    ]);
  });

  test('nothing of what they do themselves', async () => {
    const author = await world.person();
    const id = await world.post(author, 'Hello, me.');
    await world.like(author, id);
    await world.reply(author, id);
    expect(await told(author)).toEqual([]);
  });

  test('no more of a like that was taken back unread', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Hello.');
    await world.like(fan, id);
    await world.like(fan, id, false);
    expect(await told(author)).toEqual([]);
  });

  test('not again of a like that they have read of', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Hello.');
    await world.like(fan, id);
    await mark(author, {});
    await world.like(fan, id, false);
    await world.like(fan, id);
    expect(await told(author)).toHaveLength(1);
    expect(await told(author, true)).toEqual([]);
  });

  test('nothing about what is gone', async () => {
    const [author, fan] = await two();
    const [liked, answered] = [await world.post(author, 'One.'), await world.post(author, 'Two.')];
    await world.like(fan, liked);
    const answer = await world.reply(fan, answered);
    await world.sql('update activities set deleted_at = now() where id = any($1)', [[liked, answer]]);
    expect(await told(author)).toEqual([]);
    expect((await mark(author, {})).data.markNotificationsRead).toEqual({ markedCount: 0, unreadCount: 0 });
  });
});

describe('notifications', () => {
  test('are for nobody else', async () => {
    const [author, fan] = await two();
    await world.like(fan, await world.post(author, 'Hello.'));
    expect(await told(fan)).toEqual([]);
    expect(codes(await world.request('{ notifications { edges { cursor } } }'))).toEqual(['UNAUTHENTICATED']);
    const caller = machineCaller('shows.read');
    expect(codes(await world.request('{ notifications { edges { cursor } } }', { caller }))).toEqual(['FORBIDDEN']);
  });

  test('go on page by page while new ones arrive', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Hello.');
    const replies: string[] = [];
    for (let count = 0; count < 4; count += 1) replies.unshift(await world.reply(fan, id));
    const document = `query ($after: String) { notifications(first: 2, after: $after) {
      edges { node { activity { id } } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await world.request(document, { caller: author })).data.notifications;
    await world.reply(fan, id);
    const variables = { after: first.pageInfo.endCursor };
    const second = (await world.request(document, { caller: author, variables })).data.notifications;
    expect([...first.edges, ...second.edges].map(({ node }) => node.activity.id)).toEqual(replies);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });
});

describe('markNotificationsRead', () => {
  test('marks some, then one and everything older, then all', async () => {
    const [author, fan] = await two();
    const id = await world.post(author, 'Hello.');
    for (let count = 0; count < 5; count += 1) await world.reply(fan, id);
    const [, , third, fourth, fifth] = await idsToldTo(author);
    const marked = async (input: object) => (await mark(author, input)).data.markNotificationsRead;
    expect(await marked({ ids: [fourth] })).toEqual({ markedCount: 1, unreadCount: 4 });
    expect(await marked({ ids: [fourth] })).toEqual({ markedCount: 0, unreadCount: 4 });
    expect(await marked({ upTo: third })).toEqual({ markedCount: 2, unreadCount: 2 });
    expect(await marked({ ids: [fifth], upTo: null })).toEqual({ markedCount: 0, unreadCount: 2 });
    expect(await marked({})).toEqual({ markedCount: 2, unreadCount: 0 });
    expect(await told(author, true)).toEqual([]);
    expect(await told(author)).toHaveLength(5);
  });

  test("leaves other people's alone", async () => {
    const [author, fan] = await two();
    await world.like(fan, await world.post(author, 'Hello.'));
    const ids = await idsToldTo(author);
    expect((await mark(fan, { ids })).data.markNotificationsRead).toEqual({ markedCount: 0, unreadCount: 0 });
    expect(await told(author, true)).toHaveLength(1);
  });

  test('refuses what is no id, too many of them, and both ways at once', async () => {
    const person = await world.person();
    expect(badPaths(await mark(person, { ids: ['x'] }))).toEqual(['input.ids.0']);
    expect(badPaths(await mark(person, { upTo: 'y' }))).toEqual(['input.upTo']);
    expect(badPaths(await mark(person, { ids: [person.id], upTo: person.id }))).toEqual(['input.upTo']);
    expect(badPaths(await mark(person, { ids: Array.from({ length: 101 }, () => person.id) }))).toEqual(['input.ids']);
  });

  test('needs a user', async () => {
    expect(codes(await mark({ kind: 'guest' }, {}))).toEqual(['UNAUTHENTICATED']);
  });
});

function two() {
  return Promise.all([world.person(), world.person()]);
}

async function told(caller: Caller, unreadOnly = false): Promise<object[]> {
  const document = `query ($unreadOnly: Boolean) { notifications(unreadOnly: $unreadOnly) {
    edges { node { kind actor { id } activity { id } readAt } } } }`;
  const { data } = await world.request(document, { caller, variables: { unreadOnly } });
  return data.notifications.edges.map(({ node }: { node: object }) => node);
}

async function idsToldTo(caller: Caller): Promise<string[]> {
  const { data } = await world.request('{ notifications { edges { node { id } } } }', { caller });
  return data.notifications.edges.map(({ node }: { node: { id: string } }) => node.id);
}

function mark(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: MarkNotificationsReadInput!) {
    markNotificationsRead(input: $input) { markedCount unreadCount } }`;
  return world.request(document, { caller, variables: { input } });
}

async function countsOf(id: string): Promise<{ like_count: number; likes: number; notifications: number }> {
  const [counts] = await world.sql<{ like_count: number; likes: number; notifications: number }>(
    `select like_count, (select count(*)::integer from likes where activity_id = $1) as likes,
      (select count(*)::integer from notifications where activity_id = $1) as notifications
     from activities where id = $1`,
    [id],
  );
  if (!counts) throw new Error(`no activity ${id}`);
  return counts;
}
