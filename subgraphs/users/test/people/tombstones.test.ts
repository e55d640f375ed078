import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

const fields = `id handle displayName bio pronouns location links { url } verified createdAt isGone
  avatar { id } cover { id } account { email } activities { edges { node { id } } }`;

let testbed: UsersTestbed;
let reader: UserCaller;
let admin: UserCaller;
let deactivated: UserCaller;
let deleted: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  reader = await testbed.person();
  admin = await testbed.person('ADMIN');
  [deactivated, deleted] = [await gone('Dora Duck'), await gone('Ella Eel')];
  await testbed.sql('update users set is_active = false where id = $1', [deactivated.id]);
  await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: deleted });
});
afterAll(() => testbed.close());

const unknown = '019a0000-0000-7000-8000-ffffffffffff';
const strangeIds = ['', 'x', '0', unknown.toUpperCase(), 'a\0b', '\u202e', '💥'.repeat(50), 'x'.repeat(100_000), "'--"];

describe('a reference to a user', () => {
  test.each([
    ['unknown', () => unknown],
    ['deactivated', () => deactivated.id],
    ['deleted', () => deleted.id],
  ])('that is %s resolves to a tombstone without personal data', async (_, id) => {
    for (const caller of [{ kind: 'guest' } as const, reader])
      expect(await references(caller, { id: id() })).toEqual([expectedTombstone(id())]);
  });

  test.each(strangeIds.map((id) => [JSON.stringify(id).slice(0, 40), id]))('with the id %s resolves', async (_, id) => {
    expect(await references(reader, { id })).toEqual([expectedTombstone(id)]);
  });

  test.each(['nobody_here', '', 'a\0b', 'x'.repeat(100_000)])('with an unknown handle resolves', async (handle) => {
    const [user] = await references(reader, { handle });
    expect(user).toMatchObject({ isGone: true, handle: expect.stringMatching(/^deleted_[0-9a-f]{20}$/) });
  });

  test('by the former handle of a deactivated user does not reveal whose tombstone it is', async () => {
    const [user] = await references(reader, { handle: 'dora_duck' });
    expect(user).toMatchObject({ isGone: true, id: expect.not.stringContaining(deactivated.id) });
  });

  test('is complete for an active user, and for admins also for a deactivated one', async () => {
    expect(await references(reader, { id: reader.id })).toMatchObject([{ isGone: false, displayName: 'New User' }]);
    const email = expect.stringContaining('@example');
    expect(await references(admin, { id: deactivated.id })).toMatchObject([
      { isGone: true, handle: 'dora_duck', displayName: 'Dora Duck', bio: 'Personal.', account: { email } },
    ]);
  });
});

describe('a user who is gone', () => {
  test('is a tombstone by id, and null by the former handle', async () => {
    const document = `query ($inactive: ID!, $deleted: ID!, $unknown: ID!) {
      inactive: user(id: $inactive) { ${fields} } deleted: user(id: $deleted) { ${fields} }
      byHandle: user(handle: "dora_duck") { id } unknown: user(id: $unknown) { id } }`;
    const variables = { inactive: deactivated.id, deleted: deleted.id, unknown };
    expect((await testbed.request(document, { caller: reader, variables })).data).toEqual({
      inactive: expectedTombstone(deactivated.id),
      deleted: expectedTombstone(deleted.id),
      byHandle: null,
      unknown: null,
    });
  });

  test('remains the actor of notifications', async () => {
    const [author, person] = [await testbed.person(), await testbed.person('FREELANCER', 'Fay Fox')];
    await testbed.like(person, await testbed.post(author, 'Hello?'));
    await testbed.sql('update users set is_active = false where id = $1', [person.id]);
    const document = '{ notifications { edges { node { actor { id displayName isGone } } } } }';
    expect((await testbed.request(document, { caller: author })).data.notifications.edges).toEqual([
      { node: { actor: { id: person.id, displayName: 'deleted user', isGone: true } } },
    ]);
  });
});

test('the activities of a deactivated user are hidden everywhere, and come back on reactivation', async () => {
  const [author, person] = [await testbed.person(), await testbed.person('FREELANCER', 'Gil Gull')];
  const post = await testbed.post(author, 'Who has seen a gull?');
  const reply = await testbed.reply(person, post, 'Herring gulls count.');
  const own = await testbed.post(person, 'Gulls and herrings.');
  const live = await testbed.subscribe('subscription { activityChanged { activityId activity { message } } }');
  const next = async () => (await live.next()).data?.['activityChanged'];
  const everywhere = async () => {
    const { data } = await testbed.request(activityQuery, { caller: author, variables: { post, reply, own } });
    const { notifications, replied, ...answer } = data;
    const found = JSON.stringify(answer).match(/Gulls and herrings|Herring gulls/g) ?? [];
    return { found: found.length, replies: replied.replies.edges.length, notifications: notifications.edges.length };
  };
  const all = { found: 6, replies: 1, notifications: 1 };
  expect(await everywhere()).toEqual(all);
  await setActive(person, false);
  expect([await next(), await next()]).toEqual([own, reply].map((activityId) => ({ activityId, activity: null })));
  expect(await everywhere()).toEqual({ found: 0, replies: 0, notifications: 0 });
  expect((await testbed.like(author, own)).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  await setActive(person, true);
  expect([await next(), await next()]).toMatchObject([
    { activity: { message: 'Gulls and herrings.' } },
    { activityId: reply },
  ]);
  expect(await everywhere()).toEqual(all);
  await live.unsubscribe();
});

test('an admin deletes the activities of a deactivated user, which others do not find', async () => {
  const [author, person, fan] = [await testbed.person(), await testbed.person(), await testbed.person()];
  const post = await testbed.post(author, 'Anyone?');
  const reply = await testbed.reply(person, post);
  await setActive(person, false);
  expect(codes(await remove(fan, reply))).toEqual(['NOT_FOUND']);
  expect((await remove(admin, reply)).errors).toEqual([]);
  expect(codes(await remove(admin, reply))).toEqual(['NOT_FOUND']);
  const counts =
    'select id, deleted_at is not null as deleted, reply_count from activities where id = any($1) order by id';
  expect(await testbed.sql(counts, [[post, reply]])).toEqual([
    { id: post, deleted: false, reply_count: 0 },
    { id: reply, deleted: true, reply_count: 0 },
  ]);
});

test('a like of an activity of a deactivated user can be taken back', async () => {
  const [person, fan] = [await testbed.person(), await testbed.person()];
  const post = await testbed.post(person, 'Like me.');
  await testbed.like(fan, post);
  await setActive(person, false);
  expect(codes(await testbed.like(fan, post, false))).toEqual(['NOT_FOUND']);
  expect(await testbed.sql('select like_count from activities where id = $1', [post])).toEqual([{ like_count: 0 }]);
  expect(await testbed.sql('select from likes where activity_id = $1', [post])).toEqual([]);
  expect(await testbed.sql('select from notifications where user_id = $1', [person.id])).toEqual([]);
});

test('an account that is activated or deactivated already is not announced again', async () => {
  const [author, person] = [await testbed.person(), await testbed.person()];
  const own = await testbed.post(person, 'Here.');
  const other = await testbed.post(author, 'Here, too.');
  const live = await testbed.subscribe('subscription { activityChanged { activityId } }');
  const next = async () => (await live.next()).data?.['activityChanged'];
  await setActive(person, false);
  expect(await next()).toEqual({ activityId: own });
  await setActive(person, false);
  await testbed.like(author, other);
  expect(await next()).toEqual({ activityId: other });
  await live.unsubscribe();
});

function remove(caller: UserCaller, activityId: string) {
  const document = 'mutation ($input: DeleteActivityInput!) { deleteActivity(input: $input) { activityId } }';
  return testbed.request(document, { caller, variables: { input: { activityId } } });
}

const activityQuery = `query ($post: ID!, $reply: ID!, $own: ID!) {
  reply: activity(id: $reply) { message } own: activity(id: $own) { message }
  feed(first: 5) { edges { node { message } } }
  searchActivities(query: "herrings", first: 5) { edges { node { message } } }
  replied: activity(id: $post) { replies { edges { node { id } } } }
  entity: _entities(representations: [{ __typename: "Activity", id: $own }]) { ... on Activity { message } }
  notifications { edges { node { id } } }
}`;

async function setActive({ id }: UserCaller, isActive: boolean): Promise<void> {
  const document = 'mutation ($input: SetUserActiveInput!) { setUserActive(input: $input) { user { id } } }';
  const variables = { input: { userId: id, isActive } };
  expect((await testbed.request(document, { caller: admin, variables })).errors).toEqual([]);
}

async function gone(name: string): Promise<UserCaller> {
  const person = await testbed.person('FREELANCER', name);
  const input = {
    bio: 'Personal.',
    pronouns: 'she/her',
    location: 'Oslo',
    links: [{ label: 'me', url: 'https://a.b' }],
  };
  const document = 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }';
  expect((await testbed.request(document, { caller: person, variables: { input } })).errors).toEqual([]);
  await testbed.sql('update users set verified = true where id = $1', [person.id]);
  await testbed.post(person, 'I was here.');
  return person;
}

async function references(caller: Caller, key: object): Promise<unknown[]> {
  const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on User { ${fields} } } }`;
  const representations = [{ __typename: 'User', ...key }];
  const { data, errors } = await testbed.request(document, { caller, variables: { representations } });
  expect(errors).toEqual([]);
  return data._entities;
}

function expectedTombstone(id: string): object {
  return {
    id,
    handle: expect.stringMatching(/^deleted_[0-9a-f]{20}$/),
    displayName: 'deleted user',
    bio: null,
    pronouns: null,
    location: null,
    links: [],
    verified: false,
    createdAt: '1970-01-01T00:00:00.000Z',
    isGone: true,
    avatar: null,
    cover: null,
    account: null,
    activities: { edges: [] },
  };
}
