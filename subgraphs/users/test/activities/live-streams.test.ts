import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service } from '../../src/service.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

const activityAdded = 'subscription { activityAdded { message author { displayName } } }';
const notificationAdded = `subscription ($after: ID) { notificationAdded(after: $after) {
    id kind activity: subject { ... on Activity { message } } actor { displayName } } }`;

let testbed: UsersTestbed;
const open: TestSubscription[] = [];
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.unsubscribe();
});
afterAll(() => testbed.close());

test('activityAdded delivers every post in order, without replies', async () => {
  const [author, guest] = [await testbed.person('FREELANCER', 'Ada'), await listening(activityAdded)];
  const id = await testbed.post(author, 'First.');
  await testbed.reply(author, id, 'A reply.');
  await testbed.post(author, 'Second.');
  const told = (message: string) => ({ data: { activityAdded: { message, author: { displayName: 'Ada' } } } });
  expect([await guest.next(), await guest.next()]).toEqual([told('First.'), told('Second.')]);
});

test('activityChanged delivers new counts, and deletions', async () => {
  const [author, fan] = [await testbed.person(), await testbed.person()];
  const id = await testbed.post(author, 'Counted.');
  const guest = await listening('subscription { activityChanged { activityId activity { likeCount replyCount } } }');
  const next = async () => (await guest.next()).data?.['activityChanged'];
  await testbed.like(fan, id);
  expect(await next()).toEqual({ activityId: id, activity: { likeCount: 1, replyCount: 0 } });
  await testbed.reply(fan, id, 'A reply.');
  expect(await next()).toEqual({ activityId: id, activity: { likeCount: 1, replyCount: 1 } });
  const variables = { input: { activityId: id } };
  const remove = 'mutation ($input: DeleteActivityInput!) { deleteActivity(input: $input) { activityId } }';
  await testbed.request(remove, { caller: author, variables });
  expect(await next()).toEqual({ activityId: id, activity: null });
});

test('activityChanged delivers the activities that the deletion of an account erases, and the counts that it changes', async () => {
  await testbed.person('ADMIN');
  const [author, leaver] = [await testbed.person(), await testbed.person()];
  const [liked, answered] = [await testbed.post(author, 'Liked.'), await testbed.post(author, 'Answered.')];
  const posted = await testbed.post(leaver, 'Erased.');
  await testbed.like(leaver, liked);
  const reply = await testbed.reply(leaver, answered);
  const expired = await testbed.post(leaver, 'Expired.');
  await testbed.sql('update activities set expires_at = now() where id = $1', [expired]);
  const guest = await listening('subscription { activityChanged { activityId activity { likeCount replyCount } } }');
  const remove = 'mutation ($input: DeleteMyAccountInput!) { deleteMyAccount(input: $input) { user { id } } }';
  const { data: me } = await testbed.request('{ me { handle } }', { caller: leaver });
  const removed = { input: { confirmHandle: me.me.handle } };
  expect((await testbed.request(remove, { caller: leaver, variables: removed })).errors).toEqual([]);
  const changes = [await guest.next(), await guest.next(), await guest.next(), await guest.next()];
  const uncounted = { likeCount: 0, replyCount: 0 };
  expect(changes.map(({ data }) => data?.['activityChanged'])).toEqual([
    { activityId: reply, activity: null },
    { activityId: posted, activity: null },
    { activityId: answered, activity: uncounted },
    { activityId: liked, activity: uncounted },
  ]);
});

test('activityChanged delivers that an activity and its replies expire, to all subscribers', async () => {
  const author = await testbed.person();
  const id = await testbed.post(author, 'Expiring.');
  const reply = await testbed.reply(author, id);
  const lasting = await testbed.post(author, 'Lasting.');
  const document = 'subscription { activityChanged { activityId activity { message } } }';
  const guests = [await listening(document), await listening(document)];
  await testbed.sql(`update activities set expires_at = now() + interval '6 seconds' where id = any($1)`, [
    [id, reply],
  ]);
  for (const guest of guests) {
    const expired = [await guest.next(), await guest.next()].map(({ data }) => data?.['activityChanged']);
    expect(expired).toEqual([id, reply].sort().map((activityId) => ({ activityId, activity: null })));
  }
  await testbed.like(author, lasting);
  expect((await guests[0]!.next()).data).toEqual({
    activityChanged: { activityId: lasting, activity: { message: 'Lasting.' } },
  });
});

test("notificationAdded delivers replies and likes of the caller's activities only", async () => {
  const [author, fan, stranger] = [
    await testbed.person(),
    await testbed.person('FREELANCER', 'Fan'),
    await testbed.person(),
  ];
  const id = await testbed.post(author, 'Mine.');
  const elsewhere = await testbed.post(stranger, 'Not mine.');
  const mine = await listening(notificationAdded, author);
  await testbed.like(fan, elsewhere);
  await testbed.like(fan, id);
  await testbed.like(fan, id);
  await testbed.reply(fan, id, 'Yours.');
  const told = [await mine.next(), await mine.next()];
  expect(told.map(({ data }) => data?.['notificationAdded'])).toEqual([
    { id: expect.any(String), kind: 'LIKE', activity: { message: 'Mine.' }, actor: { displayName: 'Fan' } },
    { id: expect.any(String), kind: 'REPLY', activity: { message: 'Yours.' }, actor: { displayName: 'Fan' } },
  ]);
});

test('notificationAdded delivers stored notifications after `after`, then live ones, each once', async () => {
  const [author, fan] = [await testbed.person(), await testbed.person()];
  const id = await testbed.post(author, 'Mine.');
  for (const message of ['one', 'two', 'three']) await testbed.reply(fan, id, message);
  const { data } = await testbed.request('{ notifications { edges { node { id } } } }', { caller: author });
  const first = data.notifications.edges.at(-1).node.id as string;
  const mine = await listening(notificationAdded, author, { after: first });
  await testbed.reply(fan, id, 'four');
  const told = [await mine.next(), await mine.next(), await mine.next()];
  expect(told.map((result) => messageIn(result))).toEqual(['two', 'three', 'four']);
});

test.each<[string, Caller | undefined, string]>([
  ['a guest', undefined, 'UNAUTHENTICATED'],
  ['a machine client', machineCaller('shows.read'), 'FORBIDDEN'],
])('notificationAdded rejects %s', async (_, caller, code) => {
  const refused = await listening(notificationAdded, caller);
  await expect(refused.next()).rejects.toMatchObject([{ extensions: { code } }]);
});

test('notificationAdded rejects an invalid cursor', async () => {
  const refused = await listening(notificationAdded, await testbed.person(), { after: 'yesterday' });
  await expect(refused.next()).rejects.toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

describe('changes without a notification on the bus', () => {
  let deaf: TestService;
  beforeAll(async () => void (deaf = await startService(service, { ...testbed.environment, TAIL_SECONDS: '0.2' })));
  afterAll(() => deaf.close());

  test('are delivered by polling: every post once, in order, without replies', async () => {
    const [author, heard] = [await testbed.person(), await listening(activityAdded, undefined, {}, deaf)];
    const id = await testbed.post(author, 'One.');
    await testbed.reply(author, id, 'A reply.');
    for (const message of ['Two.', 'Three.']) await testbed.post(author, message);
    const told = [await heard.next(), await heard.next(), await heard.next()];
    expect(told.map(({ data }) => (data as { activityAdded: { message: string } }).activityAdded.message)).toEqual([
      'One.',
      'Two.',
      'Three.',
    ]);
  });

  test('are delivered by polling to their recipient, once', async () => {
    const [author, fan] = [await testbed.person(), await testbed.person()];
    const id = await testbed.post(author, 'Mine.');
    const mine = await listening(notificationAdded, author, {}, deaf);
    await testbed.like(fan, id);
    await testbed.reply(fan, id);
    const told = [await mine.next(), await mine.next()];
    expect(told.map(({ data }) => (data as { notificationAdded: { kind: string } }).notificationAdded.kind)).toEqual([
      'LIKE',
      'REPLY',
    ]);
  });
});

async function listening(
  document: string,
  caller?: Caller,
  variables: object = {},
  at: TestService = testbed,
): Promise<TestSubscription> {
  const heard = await at.subscribe(document, { ...(caller && { caller }), variables });
  open.push(heard);
  // Subscriptions are not acknowledged: waits for later requests, after which the stream has started.
  for (let turn = 0; turn < 10; turn += 1) await at.request('{ trending { id } }');
  return heard;
}

function messageIn({ data }: Awaited<ReturnType<TestSubscription['next']>>): string {
  return (data as { notificationAdded: { activity: { message: string } } }).notificationAdded.activity.message;
}
