import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service } from '../../src/service.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

const activityAdded = 'subscription { activityAdded { message author { displayName } } }';
const notificationAdded =
  'subscription ($after: ID) { notificationAdded(after: $after) { id kind activity { message } actor { displayName } } }';

let world: UsersTestbed;
const open: TestSubscription[] = [];
beforeAll(async () => void (world = await openUsersTestbed()));
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.unsubscribe();
});
afterAll(() => world.close());

test('everybody hears what is posted, in order, and no replies', async () => {
  const [author, guest] = [await world.person('FREELANCER', 'Ada'), await listening(activityAdded)];
  const id = await world.post(author, 'First.');
  await world.reply(author, id, 'A reply.');
  await world.post(author, 'Second.');
  const told = (message: string) => ({ data: { activityAdded: { message, author: { displayName: 'Ada' } } } });
  expect([await guest.next(), await guest.next()]).toEqual([told('First.'), told('Second.')]);
});

test('a user hears of answers and likes to what is theirs, and of no others', async () => {
  const [author, fan, stranger] = [await world.person(), await world.person('FREELANCER', 'Fan'), await world.person()];
  const id = await world.post(author, 'Mine.');
  const elsewhere = await world.post(stranger, 'Not mine.');
  const mine = await listening(notificationAdded, author);
  await world.like(fan, elsewhere);
  await world.like(fan, id);
  await world.like(fan, id);
  await world.reply(fan, id, 'Yours.');
  const told = [await mine.next(), await mine.next()];
  expect(told.map(({ data }) => data?.['notificationAdded'])).toEqual([
    { id: expect.any(String), kind: 'LIKE', activity: { message: 'Mine.' }, actor: { displayName: 'Fan' } },
    { id: expect.any(String), kind: 'REPLY', activity: { message: 'Yours.' }, actor: { displayName: 'Fan' } },
  ]);
});

test('with `after` the stored ones since then come first, then the live ones, each once', async () => {
  const [author, fan] = [await world.person(), await world.person()];
  const id = await world.post(author, 'Mine.');
  for (const message of ['one', 'two', 'three']) await world.reply(fan, id, message);
  const { data } = await world.request('{ notifications { edges { node { id } } } }', { caller: author });
  const first = data.notifications.edges.at(-1).node.id as string;
  const mine = await listening(notificationAdded, author, { after: first });
  await world.reply(fan, id, 'four');
  const told = [await mine.next(), await mine.next(), await mine.next()];
  expect(told.map((result) => messageIn(result))).toEqual(['two', 'three', 'four']);
});

test.each<[string, Caller | undefined, string]>([
  ['a guest', undefined, 'UNAUTHENTICATED'],
  ['a machine client', machineCaller('shows.read'), 'FORBIDDEN'],
])('%s has no notifications to hear of', async (_, caller, code) => {
  const refused = await listening(notificationAdded, caller);
  expect(await refused.next()).toMatchObject({ errors: [{ extensions: { code } }] });
});

test('a cursor that is no id is BAD_USER_INPUT', async () => {
  const refused = await listening(notificationAdded, await world.person(), { after: 'yesterday' });
  expect(await refused.next()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

describe('what no hint told of', () => {
  let deaf: TestService;
  beforeAll(async () => void (deaf = await startService(service, { ...world.environment, TAIL_SECONDS: '0.2' })));
  afterAll(() => deaf.close());

  test('is told by the timer: every post once, in order, and no replies', async () => {
    const [author, heard] = [await world.person(), await listening(activityAdded, undefined, {}, deaf)];
    const id = await world.post(author, 'One.');
    await world.reply(author, id, 'A reply.');
    for (const message of ['Two.', 'Three.']) await world.post(author, message);
    const told = [await heard.next(), await heard.next(), await heard.next()];
    expect(told.map(({ data }) => (data as { activityAdded: { message: string } }).activityAdded.message)).toEqual([
      'One.',
      'Two.',
      'Three.',
    ]);
  });

  test('is told to whom it is for, once', async () => {
    const [author, fan] = [await world.person(), await world.person()];
    const id = await world.post(author, 'Mine.');
    const mine = await listening(notificationAdded, author, {}, deaf);
    await world.like(fan, id);
    await world.reply(fan, id);
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
  at: TestService = world,
): Promise<TestSubscription> {
  const heard = await at.subscribe(document, { ...(caller && { caller }), variables });
  open.push(heard);
  // Nothing acknowledges a subscription; requests that are answered later show that it has had its turn.
  for (let turn = 0; turn < 10; turn += 1) await at.request('{ trending { id } }');
  return heard;
}

function messageIn({ data }: Awaited<ReturnType<TestSubscription['next']>>): string {
  return (data as { notificationAdded: { activity: { message: string } } }).notificationAdded.activity.message;
}
