import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { openLog } from '@marquee/chassis/telemetry/log';
import { eraseTraces } from '../../src/accounts/account-erasure.js';
import { createChangeAnnouncer } from '../../src/activities/change-announcer.js';
import { beginErasure } from '../../src/erasure/erasure-store.js';
import { activityChanges } from '../../src/topics.js';
import { createUpload } from '../fixtures/uploads.js';
import { codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let other: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  await testbed.person('ADMIN');
  other = await testbed.person('FREELANCER', 'Olga Owl');
});
afterAll(() => testbed.close());

test('the writes of a user while their account is deleted are refused', async () => {
  const person = await testbed.person();
  const [parent, liked] = [await testbed.post(other, 'Anyone?'), await testbed.post(other, 'Like me.')];
  // The quota of a like is the last thing that the deletion erases.
  await testbed.like(person, parent);
  const quota = await testbed.lock(`select from action_quotas where user_id = '${person.id}' for update`);
  const deletion = deleteAccount(person);
  await untilBlocked('delete from action_quotas where user_id%');
  const writes = Promise.all([
    write(person, 'postActivity', { message: 'Late post.', lifetime: 'ONE_DAY' }),
    write(person, 'replyToActivity', { activityId: parent, message: 'Late reply.' }),
    write(person, 'setActivityLike', { activityId: liked, liked: true }),
    createUpload(testbed, person, { purpose: 'AVATAR', contentType: 'image/png', bytes: 1000 }),
  ]);
  await Promise.race([writes, wait(1_000)]);
  await quota.release();
  expect((await deletion).errors).toEqual([]);
  expect((await writes).map(codes)).toEqual(Array.from({ length: 4 }, () => ['UNAUTHENTICATED']));
  expect(
    await testbed.sql(`select message from activities where author_id = $1 and message <> ''`, [person.id]),
  ).toEqual([]);
  expect(await testbed.sql('select id from media where owner_id = $1', [person.id])).toEqual([]);
  expect(await testbed.sql('select reply_count, like_count from activities where author_id = $1', [other.id])).toEqual([
    { reply_count: 0, like_count: 0 },
    { reply_count: 0, like_count: 0 },
  ]);
});

test('accounts are deleted while others reply to their activities and like them', async () => {
  const people = await Promise.all(Array.from({ length: 6 }, () => testbed.person()));
  const posts = await Promise.all(people.map((person) => testbed.post(person, 'Hello.')));
  const replies = await Promise.all(posts.map((post) => testbed.reply(other, post)));
  await Promise.all(people.map((person, index) => testbed.reply(person, replies[index]!)));
  const responses = await Promise.all(
    people.flatMap((person, index) => [
      write(other, 'replyToActivity', { activityId: posts[index], message: 'Again.' }),
      write(other, 'setActivityLike', { activityId: posts[index], liked: true }),
      write(other, 'deleteActivity', { activityId: replies[index] }),
      deleteAccount(person),
    ]),
  );
  expect(responses.flatMap(codes).filter((code) => code !== 'NOT_FOUND')).toEqual([]);
});

test('the traces of an active person are erased in batches, which another process continues', async () => {
  const [person, fan] = [await testbed.person(), await testbed.person()];
  const liked = await addActivities(other, 2_500);
  await testbed.sql('insert into likes (activity_id, user_id) select unnest($1::uuid[]), $2', [liked, person.id]);
  await testbed.sql('update activities set like_count = 1 where id = any($1)', [liked]);
  const posts = await addActivities(person, 1_200);
  await testbed.like(fan, posts[0]!);
  const replied = await testbed.post(other, 'Anyone?');
  await testbed.reply(person, replied);
  // As a process leaves it that ends after its first batch.
  await testbed.transaction(async (manager) => {
    const traces = await eraseTraces(manager, person.id, 100);
    expect(traces.isComplete).toBe(false);
    await beginErasure(manager, person.id, { ...traces, counts: { profiles: 1, ...traces.counts } });
    await manager.query('update users set is_active = false, deleted_at = now() where id = $1', [person.id]);
  });
  const shown = `query ($id: ID!) { activity(id: $id) { message } }`;
  expect((await testbed.request(shown, { variables: { id: posts[0] } })).data).toEqual({ activity: null });
  expect(await countsOnceErased(person)).toEqual({
    profiles: 1,
    activities: 1_201,
    likes: 2_500,
    notifications: 1,
    quotas: 1,
  });
  const left = `select (select count(*) from likes where user_id = $1) + (select count(*) from notifications
    where user_id = $1 or actor_id = $1) + (select count(*) from activities where author_id = $1 and message <> '') as count`;
  expect(await testbed.sql(left, [person.id])).toEqual([{ count: '0' }]);
  const [counted] = await testbed.sql<object>(
    'select max(like_count), min(like_count) from activities where id = any($1)',
    [liked],
  );
  expect(counted).toEqual({ max: 0, min: 0 });
  expect(await testbed.sql('select reply_count from activities where id = $1', [replied])).toEqual([
    { reply_count: 0 },
  ]);
}, 60_000);

test('the changes of many activities are announced a few at a time, all of them and in order', async () => {
  const bus = createProcessBus();
  const listening = new AbortController();
  const announced = bus.subscribe(activityChanges, listening.signal);
  const announcer = createChangeAnnouncer(bus, openLog('users', 'test', 'silent'));
  const ids = Array.from({ length: 25 }, (_, index) => `activity ${index}`);
  let atOnce = 0;
  const { publish } = bus;
  bus.publish = (...message) => {
    atOnce += 1;
    publish(...message);
  };
  announcer.announce(ids.slice(0, 20));
  announcer.announce(ids.slice(20));
  expect(atOnce).toBe(10);
  const received: unknown[] = [];
  for await (const { id } of announced) if (received.push(id) === ids.length) break;
  expect(received).toEqual(ids);
  await announcer.close();
  listening.abort();
});

test('the changes that are dropped are logged by their number', async () => {
  const log = openLog('users', 'test', 'silent');
  const lines: unknown[] = [];
  log.warn = (...line: unknown[]) => void lines.push(line);
  const announcer = createChangeAnnouncer(createProcessBus(), log);
  announcer.announce(Array.from({ length: 10_007 }, (_, index) => `activity ${index}`));
  await announcer.close();
  expect(lines).toEqual([[{ count: 7 }, 'changes of activities were not announced']]);
});

test('an account that was deactivated is no longer hidden once all its traces are erased', async () => {
  const person = await testbed.person();
  await testbed.sql('update users set is_active = false where id = $1', [person.id]);
  await testbed.transaction(async (manager) => {
    const traces = await eraseTraces(manager, person.id);
    expect(traces.isComplete).toBe(true);
    await beginErasure(manager, person.id, traces);
    await manager.query('update users set deleted_at = now() where id = $1', [person.id]);
  });
  expect(await testbed.sql('select from hidden_authors where user_id = $1', [person.id])).toEqual([]);
});

/** Adds activities of an author, past the quota, and returns their ids. */
async function addActivities(author: UserCaller, count: number): Promise<string[]> {
  const statement = `insert into activities (id, author_id, message, expires_at)
    select gen_random_uuid(), $1, 'One of many.', now() + interval '1 day' from generate_series(1, $2) returning id`;
  return (await testbed.sql<{ id: string }>(statement, [author.id, count])).map(({ id }) => id);
}

/** The erased items of an account, once all are erased; after 30 s, null. */
async function countsOnceErased({ id }: UserCaller): Promise<object | null> {
  const statement = `select counts from erasure_parts join erasures on id = erasure_id
    where user_id = $1 and part = 'ACCOUNT' and erased_at is not null`;
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await wait(100)) {
    const [part] = await testbed.sql<{ counts: object }>(statement, [id]);
    if (part) return part.counts;
  }
  return null;
}

function deleteAccount(caller: UserCaller) {
  return testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller });
}

function write(caller: UserCaller, name: string, input: object) {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const selection = name === 'deleteActivity' ? 'activityId' : 'activity { id }';
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`;
  return testbed.request(document, { caller, variables: { input } });
}

/** Waits until a statement of this form waits for a lock, at most 30 s. */
async function untilBlocked(form: string): Promise<void> {
  const statement = `select from pg_stat_activity where wait_event_type = 'Lock' and query like $1`;
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await testbed.sql(statement, [form])).length > 0) return;
    await wait(50);
  }
  throw new Error('Nothing waits for the lock.');
}
