import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service } from '../../src/service.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

const activityAdded = 'subscription ($after: Int) { activityAdded(after: $after) { id message changeCursor } }';
const notificationAdded = `subscription ($after: ID) { notificationAdded(after: $after) {
  id activity: subject { ... on Activity { message } } } }`;

let testbed: UsersTestbed;
/** A process that starts later, without a bus that it shares with the first one. */
let later: TestService;
const open: TestSubscription[] = [];
beforeAll(async () => {
  testbed = await openUsersTestbed();
  later = await startService(service, { ...testbed.environment, TAIL_SECONDS: '60' });
});
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.unsubscribe();
});
afterAll(async () => {
  await later.close();
  await testbed.close();
});

interface Event {
  id: string;
  message?: string;
  changeCursor?: number;
  activity?: { message: string };
}

async function listen(at: TestService, query: string, after?: unknown, caller?: Caller): Promise<TestSubscription> {
  const options = { variables: { after }, positions: true, ...(caller && { caller }) };
  const stream = await at.subscribe(query, options);
  open.push(stream);
  return stream;
}

/** Subscribes to new events, and returns the position at which the stream starts. */
async function listenFromNow(at: TestService, query: string, caller?: Caller): Promise<[TestSubscription, number]> {
  const stream = await listen(at, query, undefined, caller);
  const { data, extensions } = await stream.next();
  expect(data).toBeNull();
  return [stream, (extensions as { position: { cursor: number } }).position.cursor];
}

async function take(stream: TestSubscription, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const { data, errors } = await stream.next();
    if (errors) throw new Error(JSON.stringify(errors));
    events.push(Object.values(data ?? {})[0] as Event);
  }
  return events;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `message ${index}`);
}

describe('activityAdded', () => {
  test('resumes in another process with more than 50 activities, without replies and deleted ones', async () => {
    const author = await testbed.person();
    const [stream, start] = await listenFromNow(testbed, activityAdded);
    const first = await testbed.post(author, 'first');
    expect(await take(stream, 1)).toEqual([{ id: first, message: 'first', changeCursor: start + 1 }]);
    const deleted = await testbed.post(author, 'deleted');
    await testbed.reply(author, first, 'a reply');
    for (const message of numbered(60)) await testbed.post(author, message);
    const remove = 'mutation ($id: ID!) { deleteActivity(input: { activityId: $id }) { __typename } }';
    expect((await testbed.request(remove, { caller: author, variables: { id: deleted } })).errors).toEqual([]);
    const resumed = await take(await listen(later, activityAdded, start + 1), 60);
    expect(resumed.map(({ message }) => message)).toEqual(numbered(60));
    expect(resumed.map(({ changeCursor }) => changeCursor)).toEqual(numbered(60).map((_, index) => start + 3 + index));
  });

  test('rejects a position beyond the last activity with the last position', async () => {
    const [, last] = await listenFromNow(testbed, activityAdded);
    const stream = await listen(later, activityAdded, last + 1);
    await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', cursor: last } }]);
  });
});

describe('notificationAdded', () => {
  test('resumes in another process after an id or a position, with the notifications of the caller only', async () => {
    const [author, other, fan] = [await testbed.person(), await testbed.person(), await testbed.person()];
    const [mine, theirs] = [await testbed.post(author, 'Mine.'), await testbed.post(other, 'Theirs.')];
    const [stream, start] = await listenFromNow(testbed, notificationAdded, author);
    await testbed.reply(fan, mine, 'first');
    const [first] = await take(stream, 1);
    await testbed.reply(fan, theirs, 'for another');
    for (const message of numbered(55)) await testbed.reply(fan, mine, message);
    for (const after of [first!.id, String(start + 1)]) {
      const resumed = await take(await listen(later, notificationAdded, after, author), 55);
      expect(resumed.map(({ activity }) => activity?.message)).toEqual(numbered(55));
    }
  });

  test('starts after the notifications before an unknown id, also when the log no longer has them', async () => {
    const [author, fan] = [await testbed.person(), await testbed.person()];
    const mine = await testbed.post(author, 'Mine.');
    for (const message of ['one', 'two']) await testbed.reply(fan, mine, message);
    const long = '00000000-0000-7000-8000-000000000000';
    const resumed = await take(await listen(later, notificationAdded, long, author), 2);
    expect(resumed.map(({ activity }) => activity?.message)).toEqual(['one', 'two']);
  });

  test.each([
    ['an id', 'ffffffff-ffff-7fff-bfff-ffffffffffff'],
    ['a position', '7'],
  ])('rejects %s after the last notification with the last position', async (_, after) => {
    const [author, fan] = [await testbed.person(), await testbed.person()];
    await testbed.reply(fan, await testbed.post(author, 'Mine.'), 'one');
    const stream = await listen(later, notificationAdded, after, author);
    await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', cursor: 1 } }]);
  });
});
