import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import { DataSource } from 'typeorm';
import { minIdDaysAgo } from '../../src/activities/activity-retention.js';
import { hourlyLimits } from '../../src/notifications/new-notifications.js';
import {
  idleParts,
  maxNotifications,
  removeExcessStatement,
  removeOldNotifications,
  removeOldStatement,
} from '../../src/notifications/notification-sweeper.js';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('likes of one activity', () => {
  test('become one notification of the latest person and their number while it is unread', async () => {
    const [author, ...fans] = await people(4);
    const id = await testbed.post(author, 'Like me.');
    for (const fan of fans) await testbed.like(fan, id);
    const text = `@${await handleOf(fans[2]!)} and 2 other people like your post.`;
    expect(await inbox(author)).toEqual([like(fans[2], 3, text)]);
    await testbed.like(fans[2]!, id, false);
    expect(await inbox(author)).toMatchObject([{ actor: { id: fans[1].id }, actorCount: 2 }]);
    for (const fan of fans.slice(0, 2)) await testbed.like(fan, id, false);
    expect(await inbox(author)).toEqual([]);
  });

  test('become another notification after it was read, once for each person', async () => {
    const [author, first, second] = await people(3);
    const id = await testbed.post(author, 'Like me.');
    await testbed.like(first, id);
    await markAllRead(author);
    for (const fan of [first, second]) {
      await testbed.like(fan, id, false);
      await testbed.like(fan, id);
    }
    expect(await inbox(author)).toMatchObject([
      { actor: { id: second.id }, actorCount: 1 },
      { actor: { id: first.id }, actorCount: 1 },
    ]);
  });

  test('are counted once for concurrent likes, whichever person is first', async () => {
    const [author, ...fans] = await people(9);
    const id = await testbed.post(author, 'Like me.');
    await Promise.all([...fans, ...fans].map((fan) => testbed.like(fan, id)));
    expect(await inbox(author)).toMatchObject([{ kind: 'LIKE', actorCount: fans.length }]);
  });
});

describe('mentions', () => {
  test('notify active users by handle, in any case, once each, and not by email addresses', async () => {
    const [author, ada, ben] = await people(3);
    const [first, second] = [await handleOf(ada), await handleOf(ben)];
    const message = `@${first.toUpperCase()}, @${first} and mail@${second} or @nobody_here`;
    const id = await testbed.post(author, message);
    expect(await inbox(ada)).toEqual([mention(author, `@${await handleOf(author)} mentioned you.`)]);
    expect(await inbox(ben)).toEqual([]);
    await testbed.reply(ben, id, `Ask @${await handleOf(author)} and @${second}, @${first}.`);
    expect(await kinds(author)).toEqual(['REPLY']);
    expect(await kinds(ada)).toEqual(['MENTION', 'MENTION']);
    expect(await kinds(ben)).toEqual([]);
  });

  test('are limited to 10 in one activity', async () => {
    const [author, ...mentioned] = await people(12);
    const handles = await Promise.all(mentioned.map(handleOf));
    await testbed.reply(author, await testbed.post(author, 'All of you:'), handles.map((name) => `@${name}`).join(' '));
    const found = await Promise.all(mentioned.map(kinds));
    expect(found.map(({ length }) => length)).toEqual([...Array.from({ length: 10 }, () => 1), 0]);
  });
});

test('the deprecated field activity is the subject, if that is an activity', async () => {
  const [admin, author, fan] = [await testbed.person('ADMIN'), ...(await people(2))];
  const reply = await testbed.reply(fan, await testbed.post(author, 'Hello.'), 'One.');
  const verify = 'mutation ($input: SetUserVerifiedInput!) { setUserVerified(input: $input) { __typename } }';
  await testbed.request(verify, { caller: admin, variables: { input: { userId: author.id, verified: true } } });
  const document = '{ notifications { edges { node { kind activity { id } } } } }';
  const { data } = await testbed.request(document, { caller: author });
  expect(data.notifications.edges.map(({ node }: { node: object }) => node)).toEqual([
    { kind: 'SYSTEM', activity: null },
    { kind: 'REPLY', activity: { id: reply } },
  ]);
});

describe('the number of unread notifications', () => {
  test('is live: the current one first, also after a reconnect, then each change', async () => {
    const [author, fan] = await people(2);
    const id = await testbed.post(author, 'Hello.');
    await testbed.reply(fan, id);
    const counts = await testbed.subscribe('subscription { unreadNotificationCountChanged }', { caller: author });
    const next = async () => (await counts.next()).data?.['unreadNotificationCountChanged'];
    expect(await next()).toBe(1);
    await testbed.like(fan, id);
    expect(await next()).toBe(2);
    expect(await unreadCount(author)).toBe(2);
    await testbed.like(fan, id, false);
    expect(await next()).toBe(1);
    await markAllRead(author);
    expect(await next()).toBe(0);
    await testbed.reply(fan, id);
    expect(await next()).toBe(1);
    await counts.unsubscribe();
    await testbed.reply(fan, id);
    await testbed.reply(fan, id);
    const again = await testbed.subscribe('subscription { unreadNotificationCountChanged }', { caller: author });
    expect((await again.next()).data).toEqual({ unreadNotificationCountChanged: 3 });
    await again.unsubscribe();
  });

  test('is private', async () => {
    expect(codes(await testbed.request('{ unreadNotificationCount }'))).toEqual(['UNAUTHENTICATED']);
    const caller = machineCaller('shows.read');
    expect(codes(await testbed.request('{ unreadNotificationCount }', { caller }))).toEqual(['FORBIDDEN']);
  });

  test('does not move a position of notificationAdded: an unknown id resumes after the one before it', async () => {
    const [author, fan] = await people(2);
    const id = await testbed.post(author, 'Hello.');
    await testbed.reply(fan, id, 'one');
    await markAllRead(author);
    await testbed.reply(fan, id, 'two');
    const after = '00000000-0000-7000-8000-000000000000';
    const stream = await testbed.subscribe(
      'subscription ($after: ID) { notificationAdded(after: $after) { subject { ... on Activity { message } } } }',
      { caller: author, variables: { after } },
    );
    const messages = [await stream.next(), await stream.next()].map(({ data }) => data?.['notificationAdded']);
    expect(messages).toEqual([{ subject: { message: 'one' } }, { subject: { message: 'two' } }]);
    await stream.unsubscribe();
  });
});

describe('preferences', () => {
  test('have all kinds with defaults, and keep the values that were not given', async () => {
    const [person] = await people(1);
    const defaults = await preferences(person);
    expect(defaults).toHaveLength(14);
    expect(defaults).toContainEqual({ kind: 'LIKE', inApp: true, email: 'NEVER' });
    await setPreferences(person, [
      { kind: 'LIKE', email: 'DAILY' },
      { kind: 'REPLY', inApp: false },
    ]);
    await setPreferences(person, [{ kind: 'LIKE', inApp: false }]);
    const changed = new Map((await preferences(person)).map((preference) => [preference.kind, preference]));
    expect(changed.get('LIKE')).toEqual({ kind: 'LIKE', inApp: false, email: 'DAILY' });
    expect(changed.get('REPLY')).toEqual({ kind: 'REPLY', inApp: false, email: 'DAILY' });
    expect(changed.get('MENTION')).toEqual(defaults.find(({ kind }) => kind === 'MENTION'));
  });

  test('keep a kind that is switched off out of the inbox, the count and the stream', async () => {
    const [author, fan] = await people(2);
    await setPreferences(author, [
      { kind: 'REPLY', inApp: false, email: 'DAILY' },
      { kind: 'LIKE', inApp: false },
    ]);
    const live = await testbed.subscribe('subscription { notificationAdded { kind } }', { caller: author });
    const id = await testbed.post(author, 'Hello.');
    await testbed.reply(fan, id);
    await testbed.like(fan, id);
    await testbed.reply(fan, await testbed.post(fan, 'Me.'), `@${await handleOf(author)}`);
    expect((await live.next()).data).toEqual({ notificationAdded: { kind: 'MENTION' } });
    expect(await kinds(author)).toEqual(['MENTION']);
    expect(await unreadCount(author)).toBe(1);
    await live.unsubscribe();
  });

  test('reject no kind, a kind twice, and SYSTEM without the inbox', async () => {
    const [person] = await people(1);
    const rejected = async (value: object[]) => badPaths(await setPreferences(person, value));
    expect(await rejected([])).toEqual(['input.preferences']);
    expect(await rejected([{ kind: 'LIKE' }, { kind: 'LIKE' }])).toEqual(['input.preferences']);
    expect(await rejected([{ kind: 'SYSTEM', inApp: false }])).toEqual(['input.preferences.0.inApp']);
    expect(codes(await testbed.request('{ notificationPreferences { kind } }'))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('a change of an account', () => {
  test('notifies its user of another role and of the verification, and not of the same value', async () => {
    const [admin, person] = [await testbed.person('ADMIN'), await testbed.person()];
    const change = (name: string, input: object) =>
      testbed.request(
        `mutation ($input: ${name}Input!) { ${name[0]!.toLowerCase()}${name.slice(1)}(input: $input) { __typename } }`,
        {
          caller: admin,
          variables: { input: { userId: person.id, ...input } },
        },
      );
    for (const role of ['HIRING_USER', 'HIRING_USER']) await change('SetUserRole', { role });
    for (const verified of [true, true, false]) await change('SetUserVerified', { verified });
    expect(await inbox(person)).toEqual([
      { kind: 'SYSTEM', actor: null, actorCount: 1, text: 'Your identity was verified.', subject: null },
      { kind: 'SYSTEM', actor: null, actorCount: 1, text: 'You can now post jobs.', subject: null },
    ]);
  });
});

describe('a deleted account', () => {
  test('leaves no notifications and preferences, and those for others have no actor', async () => {
    const [author, gone, other] = await people(3);
    const id = await testbed.post(author, 'Hello.');
    for (const fan of [other, gone]) await testbed.like(fan, id);
    await testbed.reply(author, await testbed.post(gone, 'Mine.'));
    await setPreferences(gone, [{ kind: 'LIKE', inApp: false }]);
    await testbed.sql(
      `insert into notifications (id, user_id, actor_id, kind, subject_type, subject_id)
       values (gen_random_uuid(), $1, $2, 'INVITED_TO_JOB', 'Job', gen_random_uuid())`,
      [author.id, gone.id],
    );
    await testbed.request('mutation { deleteMyAccount(input: {}) { __typename } }', { caller: gone });
    expect(
      (await inbox(author)).map(({ kind, actor, actorCount }) => ({ kind, actor, actorCount })).toSorted(byKind),
    ).toEqual([
      { kind: 'INVITED_TO_JOB', actor: null, actorCount: 1 },
      { kind: 'LIKE', actor: { id: other.id }, actorCount: 1 },
    ]);
    const left = `select from notifications where user_id = $1 or actor_id = $1
      union all select from notification_preferences where user_id = $1
      union all select from notification_actors where actor_id = $1`;
    expect(await testbed.sql(left, [gone.id])).toEqual([]);
  });
});

test('a kind that only a newer build knows is read as SYSTEM', async () => {
  const [person] = await people(1);
  await testbed.sql('alter table notifications drop constraint notifications_kind_known');
  await testbed.sql(
    `insert into notifications (id, user_id, kind, subject_type, subject_id, occasion)
     values (gen_random_uuid(), $1, 'JOB_REOPENED', 'Contract', gen_random_uuid(), 'CONTRACT_SIGNED')`,
    [person.id],
  );
  const unknown = { kind: 'SYSTEM', text: 'You have a new notification.', actor: null, actorCount: 1, subject: null };
  expect(await inbox(person)).toEqual([unknown]);
});

describe('an inbox is limited:', () => {
  test('one user causes 100 notifications of another one in an hour', async () => {
    const [author, fan] = await people(2);
    const id = await testbed.post(author, 'Hello.');
    await testbed.sql(
      `insert into notifications (id, user_id, actor_id, kind, activity_id)
       select gen_random_uuid(), $1, $2, 'SYSTEM', null from generate_series(1, $3::integer)`,
      [author.id, fan.id, hourlyLimits.actor],
    );
    await testbed.reply(fan, id);
    await testbed.reply(await testbed.person(), id);
    const replies = "select from notifications where user_id = $1 and kind = 'REPLY'";
    expect(await testbed.sql(replies, [author.id])).toHaveLength(1);
  });

  test('old notifications and the oldest beyond 1,000 are removed', async () => {
    const [person] = await people(1);
    await addNotifications(person, 181, { from: 1, to: 2 });
    await addNotifications(person, 0, { from: 3, to: maxNotifications + 5 });
    const database = await openDatabase();
    await removeOldNotifications(database);
    await database.destroy();
    const [left] = await testbed.sql<{ count: number; first: string }>(
      'select count(*)::integer, min(right(id::text, 12)) as first from notifications where user_id = $1',
      [person.id],
    );
    expect(left).toEqual({ count: maxNotifications, first: '000000000006' });
  });

  test('the oldest beyond 1,000 are removed within a week also if nothing arrives any more', async () => {
    const [person] = await people(1);
    await addNotifications(person, 90, { from: 600_001, to: 600_000 + maxNotifications + 5 });
    const database = await openDatabase();
    // As if no call fell into every other hour.
    for (let hour = 1; hour < idleParts; hour += 2) await removeOldNotifications(database, hour, hour - 2);
    await database.destroy();
    const statement = 'select count(*)::integer from notifications where user_id = $1';
    expect(await testbed.sql(statement, [person.id])).toEqual([{ count: maxNotifications }]);
  });

  test('their removal reads the expired notifications and the latest inboxes by the primary key', async () => {
    const owners = await people(10);
    for (const [index, person] of owners.entries())
      await addNotifications(person, 90, { from: index * 1_000 + 1, to: index * 1_000 + 500 });
    await testbed.sql('analyze notifications');
    const filled = [
      removeOldStatement
        .replace('$1', `'${minIdDaysAgo(180)}'`)
        .replace('$2', '180')
        .replace('$3', '1000'),
      removeExcessStatement
        .replace('$1', `'${minIdDaysAgo(2)}'`)
        .replace('$2', '1000')
        .replace('$3', `'{LIKE}'`)
        .replace('$4', '168')
        .replace('$5', `'{0}'`)
        .replace('$6', '1000'),
    ];
    for (const statement of filled) {
      const plan = await testbed.sql<{ 'QUERY PLAN': string }>(`explain ${statement}`);
      const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(lines).not.toContain('Seq Scan on notifications');
      expect(lines).toMatch(/Index (Only )?Scan (using|on) notifications_pkey/);
    }
  });
});

function openDatabase(): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url: testbed.environment['DATABASE_URL']!,
    extra: { options: `-c search_path=${testbed.environment['DATABASE_SCHEMA']}` },
  }).initialize();
}

/** Notifications with ids that end with these numbers. */
async function addNotifications({ id }: UserCaller, daysAgo: number, { from, to }: { from: number; to: number }) {
  await testbed.sql(
    `insert into notifications (id, user_id, kind, created_at)
     select overlay($1 placing lpad(i::text, 12, '0') from 25)::uuid, $2, 'SYSTEM', now() - make_interval(days => $3)
     from generate_series($4::integer, $5::integer) i`,
    [minIdDaysAgo(daysAgo), id, daysAgo, from, to],
  );
}

interface Entry {
  kind: string;
  text: string;
  actor: { id: string } | null;
  actorCount: number;
  subject: object | null;
}

async function people(count: number): Promise<[UserCaller, UserCaller, UserCaller, ...UserCaller[]]> {
  const created = await Promise.all(Array.from({ length: count }, () => testbed.person()));
  return created as [UserCaller, UserCaller, UserCaller, ...UserCaller[]];
}

async function handleOf(caller: Caller): Promise<string> {
  return (await testbed.request('{ me { handle } }', { caller })).data.me.handle;
}

async function inbox(caller: Caller): Promise<Entry[]> {
  const document = `{ notifications(first: 50) { edges { node {
    kind text actorCount actor { id } subject { __typename } } } } }`;
  const { data } = await testbed.request(document, { caller });
  return data.notifications.edges.map(({ node }: { node: Entry }) => node);
}

async function kinds(caller: Caller): Promise<string[]> {
  return (await inbox(caller)).map(({ kind }) => kind);
}

async function unreadCount(caller: Caller): Promise<number> {
  return (await testbed.request('{ unreadNotificationCount }', { caller })).data.unreadNotificationCount;
}

async function markAllRead(caller: Caller): Promise<void> {
  await testbed.request('mutation { markNotificationsRead(input: {}) { unreadCount } }', { caller });
}

async function preferences(caller: Caller): Promise<{ kind: string; inApp: boolean; email: string }[]> {
  const { data } = await testbed.request('{ notificationPreferences { kind inApp email } }', { caller });
  return data.notificationPreferences;
}

function setPreferences(caller: Caller, value: object[]) {
  const document = `mutation ($input: SetNotificationPreferencesInput!) {
    setNotificationPreferences(input: $input) { preferences { kind } } }`;
  return testbed.request(document, { caller, variables: { input: { preferences: value } } });
}

function like(fan: UserCaller | undefined, actorCount: number, text: string): Entry {
  return { kind: 'LIKE', text, actorCount, actor: { id: fan?.id ?? '' }, subject: { __typename: 'Activity' } };
}

function mention(author: UserCaller, text: string): Entry {
  return { kind: 'MENTION', text, actorCount: 1, actor: { id: author.id }, subject: { __typename: 'Activity' } };
}

function byKind(one: { kind: string }, other: { kind: string }): number {
  return one.kind.localeCompare(other.kind);
}
