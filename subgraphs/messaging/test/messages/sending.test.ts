import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { openDynamo } from '@marquee/chassis/dynamodb/open';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/service';
import { freshTable, observeStores } from '@marquee/testkit/stores';
import { messagingSettings } from '../../src/config.js';
import { service } from '../../src/service.js';
import { sendItemKey } from '../../src/database/table-keys.js';
import { tableDefinition } from '../../src/table.js';
import {
  codeOf,
  data,
  group,
  openMessaging,
  people,
  sendAsk,
  sent,
  sequences,
  started,
  upTo,
} from '../fixtures/messaging-testbed.js';

describe('a message', () => {
  const table = freshTable();
  const [ada, ben] = [userCaller(), userCaller()];
  let messaging: TestService;
  let id: string;
  beforeAll(async () => {
    messaging = await openMessaging(table);
    id = (await started(messaging, ada, { participantIds: [ben.id] })).id;
  });
  afterAll(() => messaging.close());

  test('is answered with its place, its sender and its time', async () => {
    const message = await sent(messaging, ada, id, '  Hello there  ');
    expect(message).toMatchObject({ body: 'Hello there', sender: { id: ada.id }, conversation: { id } });
    expect(message.sequence).toBe(1);
    expect(Math.abs(Date.parse(message.sentAt) - Date.now())).toBeLessThan(10_000);
  });

  test.each([
    ['empty', ''],
    ['blank', ' \n '],
    ['of 1025 characters', '👩‍👩‍👧‍👦'.repeat(1025)],
  ])('that is %s is refused', async (_, body) => {
    const answer = await sendAsk(messaging, ada, { conversationId: id, body });
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.errors[0]?.extensions['fields']).toMatchObject([{ path: 'input.body' }]);
  });

  test('of 1024 characters is sent, however many bytes each of them has', async () => {
    const body = '👩‍👩‍👧‍👦'.repeat(1024);
    expect((await sent(messaging, ada, id, body)).body).toBe(body);
  });

  test('sent again under its name is the first one, also when both are under way at once', async () => {
    const first = await sent(messaging, ada, id, 'Once', 'name-1');
    const again = await Promise.all([1, 2, 3].map(() => sent(messaging, ada, id, 'Once', 'name-1')));
    expect(again).toEqual([first, first, first]);
    const together = await Promise.all(upTo(10).map(() => sent(messaging, ben, id, 'Together', 'name-2')));
    expect(new Set(together.map((message) => message.id)).size).toBe(1);
  });

  test('of another sender may have the same name', async () => {
    const [one, other] = [await sent(messaging, ada, id, 'A', 'shared'), await sent(messaging, ben, id, 'B', 'shared')];
    expect(other.sequence).toBe(one.sequence + 1);
  });

  test('may be sent under the name of one that is older than 24 hours', async () => {
    const first = await sent(messaging, ada, id, 'Yesterday', 'daily');
    await expire(sendItemKey(id, ada.id, 'daily'));
    const second = await sent(messaging, ada, id, 'Today', 'daily');
    expect([second.sequence, second.body]).toEqual([first.sequence + 1, 'Today']);
  });

  test('under a name that is none is refused', async () => {
    const answer = await sendAsk(messaging, ada, { conversationId: id, body: 'x', clientMessageId: 'no blanks' });
    expect(answer.errors[0]?.extensions['fields']).toMatchObject([{ path: 'input.clientMessageId' }]);
  });

  test('costs one read and one transaction', async () => {
    const document = `mutation ($id: ID!) {
      sendMessage(input: { conversationId: $id, body: "Counted", clientMessageId: "counted" }) { message { sequence } }
    }`;
    const { requests } = await observeStores(() => data(messaging, ada, document, { id }));
    expect(requests.map(({ statement }) => statement.split(' ')[0])).toEqual(['BatchGetItem', 'TransactWriteItems']);
  });

  async function expire(Key: object): Promise<void> {
    const settings = messagingSettings.parse({ ...table, NODE_ENV: 'test', PORT: '0', CALLER_KEYS: '{}' });
    const dynamo = await openDynamo(settings, tableDefinition);
    await dynamo.documents.send(
      new UpdateCommand({
        TableName: dynamo.table,
        Key: { ...Key },
        UpdateExpression: 'SET expiresAt = :past',
        ExpressionAttributeValues: { ':past': Math.floor(Date.now() / 1000) - 1 },
      }),
    );
    dynamo.close();
  }
});

describe('many senders at once', () => {
  test('are given sequences without a hole or a repeat, in a few transactions', async () => {
    const messaging = await openMessaging();
    const senders = people(50);
    const id = await group(messaging, senders);
    const { result, requests } = await observeStores(() =>
      Promise.all(senders.map((sender, at) => sent(messaging, sender, id, `Message ${at}`, randomUUID()))),
    );
    expect(result.map(({ sequence }) => sequence).sort((one, other) => one - other)).toEqual(upTo(50));
    expect(await sequences(messaging, senders[0]!, id)).toEqual(upTo(50));
    expect(requests.filter(({ statement }) => statement.startsWith('TransactWriteItems')).length).toBeLessThan(30);
    await messaging.close();
  });

  test('in two replicas are given sequences without a hole or a repeat', async () => {
    const table = freshTable();
    const replicas = [await startService(service, table), await startService(service, table)];
    const senders = people(20);
    const id = await group(replicas[0]!, senders);
    const messages = await Promise.all(
      senders.flatMap((sender, at) => upTo(5).map((nth) => sent(replicas[(at + nth) % 2]!, sender, id, `${nth}`))),
    );
    expect(messages.map(({ sequence }) => sequence).sort((one, other) => one - other)).toEqual(upTo(100));
    for (const replica of replicas) expect(await sequences(replica, senders[0]!, id)).toEqual(upTo(100));
    const name = { conversationId: id, body: 'Retried elsewhere', clientMessageId: 'everywhere' };
    const retried = await Promise.all(upTo(10).map((at) => sendAsk(replicas[at % 2]!, senders[0]!, name)));
    expect(new Set(retried.map((answer) => answer.data.sendMessage.message.sequence))).toEqual(new Set([101]));
    await Promise.all(replicas.map((replica) => replica.close()));
  }, 60_000);

  test('in different conversations are not in each other’s way', async () => {
    const messaging = await openMessaging();
    const [ada, ...others] = people(11);
    const ids = await Promise.all(
      others.map(async ({ id }) => (await started(messaging, ada!, { participantIds: [id] })).id),
    );
    const messages = await Promise.all(ids.map((id) => sent(messaging, ada!, id, 'Hello')));
    expect(messages.map(({ sequence }) => sequence)).toEqual(Array(10).fill(1));
    expect(await data(messaging, others[0]!, '{ unreadTotal }')).toEqual({ unreadTotal: 1 });
    await messaging.close();
  });
});
