import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/chassis/testkit/callers';
import type { Listening } from '@marquee/chassis/testkit/live';
import { openWorld, type World } from './world.js';

const activityAdded = 'subscription { activityAdded { message author { displayName } } }';
const notificationAdded =
  'subscription ($after: ID) { notificationAdded(after: $after) { id kind activity { message } actor { displayName } } }';

let world: World;
const open: Listening[] = [];
beforeAll(async () => void (world = await openWorld()));
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.leave();
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
  const { data } = await world.ask('{ notifications { edges { node { id } } } }', { caller: author });
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

async function listening(document: string, caller?: Caller, variables: object = {}): Promise<Listening> {
  const heard = await world.listen(document, { ...(caller && { caller }), variables });
  open.push(heard);
  // Nothing acknowledges a subscription; requests that are answered later show that it has had its turn.
  for (let turn = 0; turn < 10; turn += 1) await world.ask('{ trending { id } }');
  return heard;
}

function messageIn({ data }: Awaited<ReturnType<Listening['next']>>): string {
  return (data as { notificationAdded: { activity: { message: string } } }).notificationAdded.activity.message;
}
