import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import {
  createUsers,
  nextSequences,
  oneTo,
  openMessaging,
  sendMessage,
  startGroup,
} from '../fixtures/messaging-testbed.js';

const messages = 350;

let messaging: TestService;
let [ada, ben]: UserCaller[] = [];
let id: string;

beforeAll(async () => {
  // A poll of the timer would count as a read.
  messaging = await openMessaging({ TAIL_SECONDS: '3600' });
  [ada, ben] = createUsers(2);
  id = await startGroup(messaging, [ada!, ben!]);
  for (let sent = 0; sent < messages; sent += 70)
    await Promise.all(Array.from({ length: 70 }, () => sendMessage(messaging, ada!, id, 'Missed.')));
});
afterAll(() => messaging.close());

test('a stream reads a page of the store only when its reader has room for the first message of the page', async () => {
  const upToAPage = await readsFor(10);
  expect(await readsFor(100)).toBe(upToAPage);
  const oneMore = await readsFor(101);
  expect(oneMore).toBeGreaterThan(upToAPage);
  expect(await readsFor(200)).toBe(oneMore);
});

test('the conversation of each message takes no further reads', async () => {
  expect(await readsFor(200, 'sequence conversation { title }')).toBe(await readsFor(200));
});

/** The reads of the store for a stream whose reader has room for this many messages. */
async function readsFor(window: number, selection = 'sequence'): Promise<number> {
  const { requests } = await observeStores(async () => {
    const stream = await messaging.subscribe(added(selection), { caller: ben!, variables: { id }, window });
    expect(await nextSequences(stream, window)).toEqual(oneTo(window));
    await wait(300);
    await stream.unsubscribe();
  });
  return requests.length;
}

function added(selection: string): string {
  return `subscription ($id: ID!) { messageAdded(conversationId: $id, after: 0) { ${selection} } }`;
}
