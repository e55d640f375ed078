import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
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
