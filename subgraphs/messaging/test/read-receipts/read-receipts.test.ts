import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/service';
import { observeStores } from '@marquee/testkit/stores';
import { codeOf, data, group, marking, openMessaging, people, sent, upTo } from '../fixtures/messaging-testbed.js';

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

describe('what is unread', () => {
  test('is what others sent behind the mark; what one sent oneself never counts', async () => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    for (const sender of [ada!, ada!, ben!, ada!, ben!]) await sent(messaging, sender, id, 'x');
    expect([await unread(ada!, id), await unread(ben!, id)]).toEqual([2, 3]);
    await data(messaging, ben!, marking, { id, sequence: 2 });
    expect(await unread(ben!, id)).toBe(1);
    await data(messaging, ben!, marking, { id, sequence: 3 });
    expect(await unread(ben!, id)).toBe(1);
    await data(messaging, ben!, marking, { id, sequence: 5 });
    await data(messaging, ada!, marking, { id, sequence: 4 });
    expect([await unread(ada!, id), await unread(ben!, id)]).toEqual([1, 0]);
  });

  test('is told by the mutation that marks', async () => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    for (const body of ['1', '2', '3']) await sent(messaging, ada!, id, body);
    const { markRead } = await data(messaging, ben!, marking, { id, sequence: 2 });
    expect(markRead.conversation).toEqual({
      unreadCount: 1,
      readReceipts: [{ user: { id: ben!.id }, sequence: 2, readAt: expect.any(String) }],
    });
  });

  test('costs the same however many messages and conversations there are', async () => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    const cost = async () => (await observeStores(() => data(messaging, ben!, counts, { id }))).requests.length;
    const empty = await cost();
    await Promise.all(upTo(120).map(() => sent(messaging, ada!, id, 'x')));
    await group(messaging, [ben!, ada!]);
    expect([empty, await cost()]).toEqual([3, 3]);
  });
});

describe('a mark', () => {
  test('never moves back, whatever the order in which marks arrive', async () => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    for (const at of upTo(8)) await sent(messaging, ada!, id, `${at}`);
    await Promise.all([3, 8, 1, 5].map((sequence) => data(messaging, ben!, marking, { id, sequence })));
    const { markRead } = await data(messaging, ben!, marking, { id, sequence: 2 });
    expect(markRead.conversation).toMatchObject({ unreadCount: 0, readReceipts: [{ sequence: 8 }] });
    expect(await unread(ben!, id)).toBe(0);
  });

  test.each([0, -1, 2])('at %i of one message is refused', async (sequence) => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    await sent(messaging, ada!, id, 'Only');
    const answer = await messaging.ask(marking, { caller: ben!, variables: { id, sequence } });
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
  });

  test('costs one read and one transaction', async () => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    await sent(messaging, ada!, id, 'Read me');
    const mark =
      'mutation ($id: ID!) { markRead(input: { conversationId: $id, sequence: 1 }) { conversation { id } } }';
    const { requests } = await observeStores(() => data(messaging, ben!, mark, { id }));
    expect(requests.map(({ statement }) => statement.split(' ')[0])).toEqual(['BatchGetItem', 'TransactWriteItems']);
  });
});
