import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { type GraphqlResponse, startService, type TestService } from '@marquee/testkit/test-service';
import { service } from '../src/service.js';
import { openUsersTestbed, type UsersTestbed } from './fixtures/users-testbed.js';

// A hundredth of the quotas: 2 posts, 5 replies, 20 likes and 3 uploads, of which 1 may be open.
let testbed: UsersTestbed;
let replica: TestService;
beforeAll(async () => {
  testbed = await openUsersTestbed({ QUOTA_FACTOR: '0.01' });
  replica = await startService(service, { ...testbed.environment, QUOTA_FACTOR: '0.01' });
});
afterAll(async () => {
  await replica.close();
  await testbed.close();
});

const post = `mutation ($input: PostActivityInput!) { postActivity(input: $input) { activity { id } } }`;
const reply = `mutation ($input: ReplyToActivityInput!) { replyToActivity(input: $input) { activity { id } } }`;
const like = `mutation ($input: SetActivityLikeInput!) { setActivityLike(input: $input) { activity { likedByMe } } }`;
const upload = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { media { id } } }`;

describe('the quota of an action', () => {
  test('is shared by all replicas, for concurrent requests too', async () => {
    const author = await testbed.person();
    const requests = Array.from({ length: 10 }, (_, at) =>
      (at % 2 === 0 ? testbed : replica).request(post, { caller: author, variables: { input: { message: 'Hi' } } }),
    );
    const answers = await Promise.all(requests);
    const refused = answers.filter(isRefused);
    expect(answers.length - refused.length).toBe(2);
    // Half an hour until there is one again.
    expect(retryAfter(refused)).toEqual(refused.map(() => [1795, 1800]));
    const [stored] = await testbed.sql<{ count: string }>('select count(*) from activities where author_id = $1', [
      author.id,
    ]);
    expect(stored?.count).toBe('2');
  });

  test('is another one for each user', async () => {
    const [one, other] = [await testbed.person(), await testbed.person()];
    await testbed.post(one, 'First');
    await testbed.post(one, 'Second');
    expect(isRefused(await send(one, post, { message: 'Third' }))).toBe(true);
    expect(isRefused(await send(other, post, { message: 'First' }))).toBe(false);
  });

  test('survives a restart, and comes back with time', async () => {
    const author = await testbed.person();
    await testbed.post(author, 'First');
    await testbed.post(author, 'Second');
    const restarted = await startService(service, { ...testbed.environment, QUOTA_FACTOR: '0.01' });
    const request = { caller: author, variables: { input: { message: 'Third' } } };
    expect(isRefused(await restarted.request(post, request))).toBe(true);
    await testbed.sql(`update action_quotas set used_until = used_until - interval '30 minutes' where user_id = $1`, [
      author.id,
    ]);
    expect(isRefused(await restarted.request(post, request))).toBe(false);
    expect(isRefused(await restarted.request(post, request))).toBe(true);
    await restarted.close();
  });

  test('is removed when it is full again', async () => {
    const [full, used] = [await testbed.person(), await testbed.person()];
    for (const author of [full, used]) await testbed.post(author, 'First');
    await testbed.sql(`update action_quotas set used_until = now() - interval '1 second' where user_id = $1`, [
      full.id,
    ]);
    await (await startService(service, { ...testbed.environment, QUOTA_FACTOR: '0.01' })).close();
    const statement = 'select user_id from action_quotas where user_id = any($1)';
    expect(await testbed.sql(statement, [[full.id, used.id]])).toEqual([{ user_id: used.id }]);
  });

  test('is not used by an action that is invalid or refused', async () => {
    const author = await testbed.person();
    for (let count = 0; count < 3; count += 1) await send(author, post, { message: '' });
    for (let count = 0; count < 6; count += 1) await send(author, reply, { activityId: author.id, message: 'Lost' });
    await testbed.post(author, 'First');
    const id = await testbed.post(author, 'Second');
    expect(isRefused(await send(author, reply, { activityId: id, message: 'Found' }))).toBe(false);
    for (let count = 0; count < 5; count += 1) await send(author, post, { message: 'More' });
    const [row] = await testbed.sql<{ hours: number }>(
      `select round(extract(epoch from used_until - now()) / 3600)::int as hours from action_quotas
       where user_id = $1 and action = 'post'`,
      [author.id],
    );
    expect(row?.hours).toBe(1);
  });

  test('limits replies', async () => {
    const author = await testbed.person();
    const activityId = await testbed.post(author, 'First');
    const answers: GraphqlResponse[] = [];
    for (let count = 0; count < 6; count += 1) answers.push(await send(author, reply, { activityId, message: 'Hi' }));
    expect(answers.map(isRefused)).toEqual([false, false, false, false, false, true]);
  });

  test('limits likes, and does not count one twice', async () => {
    const fan = await testbed.person();
    const first = await testbed.post(await testbed.person(), 'First');
    for (let count = 0; count < 30; count += 1)
      expect(isRefused(await send(fan, like, { activityId: first, liked: true }))).toBe(false);
    for (let count = 0; count < 19; count += 1) {
      await send(fan, like, { activityId: first, liked: false });
      expect(isRefused(await send(fan, like, { activityId: first, liked: true }))).toBe(false);
    }
    await send(fan, like, { activityId: first, liked: false });
    expect(isRefused(await send(fan, like, { activityId: first, liked: true }))).toBe(true);
  });

  test('limits uploads that are open, and those of a day', async () => {
    const owner = await testbed.person();
    const input = { purpose: 'AVATAR', contentType: 'image/png', bytes: 1000 };
    const expire = () =>
      testbed.sql(`update media set created_at = created_at - interval '1 hour' where owner_id = $1`, [owner.id]);
    const concurrent = await Promise.all([1, 2, 3].map(() => send(owner, upload, input)));
    expect(concurrent.filter(isRefused)).toHaveLength(2);
    expect(retryAfter(concurrent.filter(isRefused))).toEqual([
      [295, 300],
      [295, 300],
    ]);
    for (let count = 0; count < 2; count += 1) {
      await expire();
      expect(isRefused(await send(owner, upload, input))).toBe(false);
    }
    await expire();
    const refused = await send(owner, upload, input);
    expect(retryAfter([refused])).toEqual([[28_795, 28_800]]);
  });
});

function send(caller: UserCaller, document: string, input: object): Promise<GraphqlResponse> {
  return testbed.request(document, { caller, variables: { input } });
}

function isRefused({ errors }: GraphqlResponse): boolean {
  return errors[0]?.extensions['code'] === 'RATE_LIMITED';
}

/** The range of five seconds that contains the time to wait. */
function retryAfter(refused: readonly GraphqlResponse[]): number[][] {
  return refused.map(({ errors }) => {
    const upper = Math.ceil((errors[0]?.extensions['retryAfterSeconds'] as number) / 5) * 5;
    return [upper - 5, upper];
  });
}
