import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDynamo } from '@marquee/chassis/dynamodb/open-table';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import { messagingSettings } from '../../src/config.js';
import { service } from '../../src/service.js';
import { sendItemKey } from '../../src/database/table-keys.js';
import { tableDefinition } from '../../src/table.js';
import {
  codeOf,
  data,
  startGroup,
  openMessaging,
  createUsers,
  trySendMessage,
  sendMessage,
  sequences,
  startConversation,
  oneTo,
} from '../fixtures/messaging-testbed.js';

describe('sendMessage', () => {
  const table = freshTable();
  const [ada, ben] = [userCaller(), userCaller()];
  let messaging: TestService;
  let id: string;
  beforeAll(async () => {
    messaging = await openMessaging(table);
    id = (await startConversation(messaging, ada, { participantIds: [ben.id] })).id;
  });
  afterAll(() => messaging.close());

  test('returns the message with its sequence, sender and time', async () => {
    const message = await sendMessage(messaging, ada, id, '  Hello there  ');
    expect(message).toMatchObject({ body: 'Hello there', sender: { id: ada.id }, conversation: { id } });
    expect(message.sequence).toBe(1);
    expect(Math.abs(Date.parse(message.sentAt) - Date.now())).toBeLessThan(10_000);
  });

  test.each([
    ['empty', ''],
    ['blank', ' \n '],
    ['1025 characters long', '👩‍👩‍👧‍👦'.repeat(1025)],
  ])('rejects a body that is %s', async (_, body) => {
    const response = await trySendMessage(messaging, ada, { conversationId: id, body });
    expect(codeOf(response)).toBe('BAD_USER_INPUT');
    expect(response.errors[0]?.extensions['fields']).toMatchObject([{ path: 'input.body' }]);
  });

  test('accepts 1024 characters of any number of bytes', async () => {
    const body = '👩‍👩‍👧‍👦'.repeat(1024);
    expect((await sendMessage(messaging, ada, id, body)).body).toBe(body);
  });

  test('returns the first message for a repeated clientMessageId, also when the sends are concurrent', async () => {
    const first = await sendMessage(messaging, ada, id, 'Once', 'name-1');
    const again = await Promise.all([1, 2, 3].map(() => sendMessage(messaging, ada, id, 'Once', 'name-1')));
    expect(again).toEqual([first, first, first]);
    const together = await Promise.all(oneTo(10).map(() => sendMessage(messaging, ben, id, 'Together', 'name-2')));
    expect(new Set(together.map((message) => message.id)).size).toBe(1);
  });

  test('keeps the clientMessageIds of different senders apart', async () => {
    const [one, other] = [
      await sendMessage(messaging, ada, id, 'A', 'shared'),
      await sendMessage(messaging, ben, id, 'B', 'shared'),
    ];
    expect(other.sequence).toBe(one.sequence + 1);
  });

  test('forgets a clientMessageId after 24 hours', async () => {
    const first = await sendMessage(messaging, ada, id, 'Yesterday', 'daily');
    await expire(sendItemKey(id, ada.id, 'daily'));
    const second = await sendMessage(messaging, ada, id, 'Today', 'daily');
    expect([second.sequence, second.body]).toEqual([first.sequence + 1, 'Today']);
  });

  test('rejects an invalid clientMessageId', async () => {
    const response = await trySendMessage(messaging, ada, {
      conversationId: id,
      body: 'x',
      clientMessageId: 'no blanks',
    });
    expect(response.errors[0]?.extensions['fields']).toMatchObject([{ path: 'input.clientMessageId' }]);
  });

  test('takes one read and one transaction', async () => {
    const document = `mutation ($id: ID!) {
      sendMessage(input: { conversationId: $id, body: "Counted", clientMessageId: "counted" }) { message { sequence } }
    }`;
    const { requests } = await observeStores(() => data(messaging, ada, document, { id }));
    expect(requests.map(({ statement }) => statement.split(' ')[0])).toEqual(['BatchGetItem', 'TransactWriteItems']);
  });

  async function expire(Key: object): Promise<void> {
    const settings = messagingSettings.parse({ ...table, NODE_ENV: 'test', PORT: '0', CALLER_KEYS: '{}' });
    const dynamo = await openDynamo(settings, tableDefinition);
    await dynamo.documents.update({
      TableName: dynamo.table,
      Key: { ...Key },
      UpdateExpression: 'SET expiresAt = :past',
      ExpressionAttributeValues: { ':past': Math.floor(Date.now() / 1000) - 1 },
    });
    dynamo.close();
  }
});

describe('concurrent senders', () => {
  test('get consecutive sequences in a few transactions', async () => {
    const messaging = await openMessaging();
    const senders = createUsers(50);
    const id = await startGroup(messaging, senders);
    const { result, requests } = await observeStores(() =>
      Promise.all(senders.map((sender, at) => sendMessage(messaging, sender, id, `Message ${at}`, randomUUID()))),
    );
    expect(result.map(({ sequence }) => sequence).sort((one, other) => one - other)).toEqual(oneTo(50));
    expect(await sequences(messaging, senders[0]!, id)).toEqual(oneTo(50));
    expect(requests.filter(({ statement }) => statement.startsWith('TransactWriteItems')).length).toBeLessThan(30);
    await messaging.close();
  });

  test('get consecutive sequences across two replicas', async () => {
    const table = freshTable();
    const replicas = [await startService(service, table), await startService(service, table)];
    const senders = createUsers(20);
    const id = await startGroup(replicas[0]!, senders);
    const messages = await Promise.all(
      senders.flatMap((sender, at) =>
        oneTo(5).map((nth) => sendMessage(replicas[(at + nth) % 2]!, sender, id, `${nth}`)),
      ),
    );
    expect(messages.map(({ sequence }) => sequence).sort((one, other) => one - other)).toEqual(oneTo(100));
    for (const replica of replicas) expect(await sequences(replica, senders[0]!, id)).toEqual(oneTo(100));
    const name = { conversationId: id, body: 'Retried elsewhere', clientMessageId: 'everywhere' };
    const retried = await Promise.all(oneTo(10).map((at) => trySendMessage(replicas[at % 2]!, senders[0]!, name)));
    expect(new Set(retried.map((response) => response.data.sendMessage.message.sequence))).toEqual(new Set([101]));
    await Promise.all(replicas.map((replica) => replica.close()));
  });

  test('do not conflict in different conversations', async () => {
    const messaging = await openMessaging();
    const [ada, ...others] = createUsers(11);
    const ids = await Promise.all(
      others.map(async ({ id }) => (await startConversation(messaging, ada!, { participantIds: [id] })).id),
    );
    const messages = await Promise.all(ids.map((id) => sendMessage(messaging, ada!, id, 'Hello')));
    expect(messages.map(({ sequence }) => sequence)).toEqual(Array(10).fill(1));
    expect(await data(messaging, others[0]!, '{ unreadTotal }')).toEqual({ unreadTotal: 1 });
    await messaging.close();
  });
});
