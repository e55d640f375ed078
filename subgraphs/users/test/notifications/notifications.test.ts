import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('setActivityLike', () => {
  test('is idempotent', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Like me.');
    const liked = { activity: { id, likeCount: 1, likedByMe: true } };
    expect((await testbed.like(fan, id)).data.setActivityLike).toEqual(liked);
    expect((await testbed.like(fan, id)).data.setActivityLike).toEqual(liked);
    const unliked = { activity: { id, likeCount: 0, likedByMe: false } };
    expect((await testbed.like(fan, id, false)).data.setActivityLike).toEqual(unliked);
    expect((await testbed.like(fan, id, false)).data.setActivityLike).toEqual(unliked);
  });

  test('counts one like for concurrent requests of one user', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Like me.');
    await Promise.all(Array.from({ length: 20 }, () => testbed.like(fan, id)));
    expect(await countsOf(id)).toEqual({ like_count: 1, likes: 1, notified: 1, collected: 1 });
  });

  test('keeps the count correct for concurrent likes and unlikes', async () => {
    const author = await testbed.person();
    const id = await testbed.post(author, 'Like me, or not.');
    const fans = await Promise.all(Array.from({ length: 5 }, () => testbed.person()));
    const wishes = fans.flatMap((fan) => [true, false, true, false, true].map((liked) => testbed.like(fan, id, liked)));
    for (const { errors } of await Promise.all(wishes)) expect(errors).toEqual([]);
    const counts = await countsOf(id);
    expect(counts.like_count).toBe(counts.likes);
    expect(counts.notified).toBe(counts.likes);
    expect(counts.collected).toBe(counts.likes);
  });

  test('returns the state after each of several mutations in one request', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Like me.');
    const document = `mutation ($id: ID!) {
      on: setActivityLike(input: { activityId: $id, liked: true }) { activity { likeCount likedByMe } }
      off: setActivityLike(input: { activityId: $id, liked: false }) { activity { likeCount likedByMe } } }`;
    expect((await testbed.request(document, { caller: fan, variables: { id } })).data).toEqual({
      on: { activity: { likeCount: 1, likedByMe: true } },
      off: { activity: { likeCount: 0, likedByMe: false } },
    });
  });

  test('returns NOT_FOUND for a missing, deleted or expired activity', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Gone.');
    await testbed.sql(`update activities set expires_at = now() where id = $1`, [id]);
    for (const activityId of [id, author.id, 'nonsense'])
      for (const liked of [true, false])
        expect(codes(await testbed.like(fan, activityId, liked))).toEqual(['NOT_FOUND']);
  });

  test('rejects guests and machine clients', async () => {
    const id = await testbed.post(await testbed.person(), 'Like me.');
    expect(codes(await testbed.like({ kind: 'guest' }, id))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await testbed.like(machineCaller(), id))).toEqual(['FORBIDDEN']);
  });

  test('does not set likedByMe for other users', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Like me.');
    await testbed.like(fan, id);
    const document = 'query ($id: ID!) { activity(id: $id) { likedByMe } }';
    const seenBy = async (caller: Caller) =>
      (await testbed.request(document, { caller, variables: { id } })).data.activity.likedByMe;
    expect([
      await seenBy(fan),
      await seenBy(author),
      await seenBy({ kind: 'guest' }),
      await seenBy(machineCaller()),
    ]).toEqual([true, false, false, false]);
  });
});

describe('an author', () => {
  test('is notified of a like and of a reply, the newest first', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Hello.');
    await testbed.like(fan, id);
    const reply = await testbed.reply(fan, id);
    expect(await listNotifications(author)).toEqual([
      { kind: 'REPLY', actor: { id: fan.id }, activity: { id: reply }, readAt: null },
      { kind: 'LIKE', actor: { id: fan.id }, activity: { id }, readAt: null },
    ]);
  });

  test('is not notified of their own replies and likes', async () => {
    const author = await testbed.person();
    const id = await testbed.post(author, 'Hello, me.');
    await testbed.like(author, id);
    await testbed.reply(author, id);
    expect(await listNotifications(author)).toEqual([]);
  });

  test('loses the unread notification of a removed like', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Hello.');
    await testbed.like(fan, id);
    await testbed.like(fan, id, false);
    expect(await listNotifications(author)).toEqual([]);
  });

  test('is not notified again of a repeated like', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Hello.');
    await testbed.like(fan, id);
    await mark(author, {});
    await testbed.like(fan, id, false);
    await testbed.like(fan, id);
    expect(await listNotifications(author)).toHaveLength(1);
    expect(await listNotifications(author, true)).toEqual([]);
  });

  test('has no notifications about deleted and expired activities', async () => {
    const [author, fan] = await createTwoUsers();
    const [liked, answered] = [await testbed.post(author, 'One.'), await testbed.post(author, 'Two.')];
    await testbed.like(fan, liked);
    const reply = await testbed.reply(fan, answered);
    await testbed.sql('update activities set deleted_at = now() where id = any($1)', [[liked, reply]]);
    expect(await listNotifications(author)).toEqual([]);
    expect((await mark(author, {})).data.markNotificationsRead).toEqual({ markedCount: 0, unreadCount: 0 });
  });
});

describe('notifications', () => {
  test('are visible only to their recipient', async () => {
    const [author, fan] = await createTwoUsers();
    await testbed.like(fan, await testbed.post(author, 'Hello.'));
    expect(await listNotifications(fan)).toEqual([]);
    expect(codes(await testbed.request('{ notifications { edges { cursor } } }'))).toEqual(['UNAUTHENTICATED']);
    const caller = machineCaller('shows.read');
    expect(codes(await testbed.request('{ notifications { edges { cursor } } }', { caller }))).toEqual(['FORBIDDEN']);
  });

  test('have stable pages while new ones arrive', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Hello.');
    const replies: string[] = [];
    for (let count = 0; count < 4; count += 1) replies.unshift(await testbed.reply(fan, id));
    const document = `query ($after: String) { notifications(first: 2, after: $after) {
      edges { node { activity: subject { ... on Activity { id } } } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await testbed.request(document, { caller: author })).data.notifications;
    await testbed.reply(fan, id);
    const variables = { after: first.pageInfo.endCursor };
    const second = (await testbed.request(document, { caller: author, variables })).data.notifications;
    expect([...first.edges, ...second.edges].map(({ node }) => node.activity.id)).toEqual(replies);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });
});

describe('markNotificationsRead', () => {
  test('marks by id, up to an id, and all', async () => {
    const [author, fan] = await createTwoUsers();
    const id = await testbed.post(author, 'Hello.');
    for (let count = 0; count < 5; count += 1) await testbed.reply(fan, id);
    const [, , third, fourth, fifth] = await idsToldTo(author);
    const marked = async (input: object) => (await mark(author, input)).data.markNotificationsRead;
    expect(await marked({ ids: [fourth] })).toEqual({ markedCount: 1, unreadCount: 4 });
    expect(await marked({ ids: [fourth] })).toEqual({ markedCount: 0, unreadCount: 4 });
    expect(await marked({ upTo: third })).toEqual({ markedCount: 2, unreadCount: 2 });
    expect(await marked({ ids: [fifth], upTo: null })).toEqual({ markedCount: 0, unreadCount: 2 });
    expect(await marked({})).toEqual({ markedCount: 2, unreadCount: 0 });
    expect(await listNotifications(author, true)).toEqual([]);
    expect(await listNotifications(author)).toHaveLength(5);
  });

  test("ignores other users' notifications", async () => {
    const [author, fan] = await createTwoUsers();
    await testbed.like(fan, await testbed.post(author, 'Hello.'));
    const ids = await idsToldTo(author);
    expect((await mark(fan, { ids })).data.markNotificationsRead).toEqual({ markedCount: 0, unreadCount: 0 });
    expect(await listNotifications(author, true)).toHaveLength(1);
  });

  test('rejects invalid ids, too many ids, and ids together with upTo', async () => {
    const person = await testbed.person();
    expect(badPaths(await mark(person, { ids: ['x'] }))).toEqual(['input.ids.0']);
    expect(badPaths(await mark(person, { upTo: 'y' }))).toEqual(['input.upTo']);
    expect(badPaths(await mark(person, { ids: [person.id], upTo: person.id }))).toEqual(['input.upTo']);
    expect(badPaths(await mark(person, { ids: Array.from({ length: 101 }, () => person.id) }))).toEqual(['input.ids']);
  });

  test('rejects guests and machine clients', async () => {
    expect(codes(await mark({ kind: 'guest' }, {}))).toEqual(['UNAUTHENTICATED']);
  });
});

function createTwoUsers() {
  return Promise.all([testbed.person(), testbed.person()]);
}

async function listNotifications(caller: Caller, unreadOnly = false): Promise<object[]> {
  const document = `query ($unreadOnly: Boolean) { notifications(unreadOnly: $unreadOnly) {
    edges { node { kind actor { id } activity: subject { ... on Activity { id } } readAt } } } }`;
  const { data } = await testbed.request(document, { caller, variables: { unreadOnly } });
  return data.notifications.edges.map(({ node }: { node: object }) => node);
}

async function idsToldTo(caller: Caller): Promise<string[]> {
  const { data } = await testbed.request('{ notifications { edges { node { id } } } }', { caller });
  return data.notifications.edges.map(({ node }: { node: { id: string } }) => node.id);
}

function mark(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: MarkNotificationsReadInput!) {
    markNotificationsRead(input: $input) { markedCount unreadCount } }`;
  return testbed.request(document, { caller, variables: { input } });
}

interface Counts {
  like_count: number;
  likes: number;
  /** The people whom the notifications count. */
  notified: number;
  /** The people whom the notifications know. */
  collected: number;
}

async function countsOf(id: string): Promise<Counts> {
  const [counts] = await testbed.sql<Counts>(
    `select like_count, (select count(*)::integer from likes where activity_id = $1) as likes,
      (select coalesce(sum(actor_count), 0)::integer from notifications where activity_id = $1) as notified,
      (select count(*)::integer from notification_actors where activity_id = $1) as collected
     from activities where id = $1`,
    [id],
  );
  if (!counts) throw new Error(`no activity ${id}`);
  return counts;
}
