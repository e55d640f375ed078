import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import {
  codeOf,
  data,
  startGroup,
  markReadMutation,
  openMessaging,
  createUsers,
  sendMessage,
  oneTo,
} from '../fixtures/messaging-testbed.js';

let messaging: TestService;
beforeAll(async () => {
  messaging = await openMessaging();
});
afterAll(() => messaging.close());

const counts = 'query ($id: ID!) { conversation(id: $id) { unreadCount } unreadTotal }';

async function unread(caller: Parameters<typeof data>[1], id: string): Promise<number> {
  const { conversation, unreadTotal } = await data(messaging, caller, counts, { id });
  expect(unreadTotal).toBe(conversation.unreadCount);
  return conversation.unreadCount as number;
}

describe('the unread count', () => {
  test('counts messages of others after the mark, never own messages', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    for (const sender of [ada!, ada!, ben!, ada!, ben!]) await sendMessage(messaging, sender, id, 'x');
    expect([await unread(ada!, id), await unread(ben!, id)]).toEqual([2, 3]);
    await data(messaging, ben!, markReadMutation, { id, sequence: 2 });
    expect(await unread(ben!, id)).toBe(1);
    await data(messaging, ben!, markReadMutation, { id, sequence: 3 });
    expect(await unread(ben!, id)).toBe(1);
    await data(messaging, ben!, markReadMutation, { id, sequence: 5 });
    await data(messaging, ada!, markReadMutation, { id, sequence: 4 });
    expect([await unread(ada!, id), await unread(ben!, id)]).toEqual([1, 0]);
  });

  test('is returned by markRead', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    for (const body of ['1', '2', '3']) await sendMessage(messaging, ada!, id, body);
    const { markRead } = await data(messaging, ben!, markReadMutation, { id, sequence: 2 });
    expect(markRead.conversation).toEqual({
      unreadCount: 1,
      readReceipts: [{ user: { id: ben!.id }, sequence: 2, readAt: expect.any(String) }],
    });
  });

  test('takes the same requests for any number of messages and conversations', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    const cost = async () => (await observeStores(() => data(messaging, ben!, counts, { id }))).requests.length;
    const empty = await cost();
    await Promise.all(oneTo(120).map(() => sendMessage(messaging, ada!, id, 'x')));
    await startGroup(messaging, [ben!, ada!]);
    expect([empty, await cost()]).toEqual([3, 3]);
  });
});

describe('a read mark', () => {
  test('never moves backward, in whatever order marks arrive', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    for (const at of oneTo(8)) await sendMessage(messaging, ada!, id, `${at}`);
    await Promise.all([3, 8, 1, 5].map((sequence) => data(messaging, ben!, markReadMutation, { id, sequence })));
    const { markRead } = await data(messaging, ben!, markReadMutation, { id, sequence: 2 });
    expect(markRead.conversation).toMatchObject({ unreadCount: 0, readReceipts: [{ sequence: 8 }] });
    expect(await unread(ben!, id)).toBe(0);
  });

  test.each([0, -1, 2])('is rejected at sequence %i of a conversation with one message', async (sequence) => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    await sendMessage(messaging, ada!, id, 'Only');
    const response = await messaging.request(markReadMutation, { caller: ben!, variables: { id, sequence } });
    expect(codeOf(response)).toBe('BAD_USER_INPUT');
  });

  test('takes one read and one transaction', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    await sendMessage(messaging, ada!, id, 'Read me');
    const mark =
      'mutation ($id: ID!) { markRead(input: { conversationId: $id, sequence: 1 }) { conversation { id } } }';
    const { requests } = await observeStores(() => data(messaging, ben!, mark, { id }));
    expect(requests.map(({ statement }) => statement.split(' ')[0])).toEqual(['BatchGetItem', 'TransactWriteItems']);
  });
});
