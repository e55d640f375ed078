import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { openDynamo, tableSettings, type Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Outbox } from '@marquee/chassis/events/outbox';
import { conversationStarted, messageSent } from '@marquee/events/conversation-events';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import { eventOutbox } from '../../src/event-outbox.js';
import { service } from '../../src/service.js';
import { tableDefinition } from '../../src/table.js';
import { createUsers, data, sendMessage, startConversation } from '../fixtures/messaging-testbed.js';

let messaging: TestService;
let dynamo: Dynamo;
let outbox: Outbox;
beforeAll(async () => {
  const table = freshTable();
  messaging = await startService(service, { ...table, DRAIN_SECONDS: '0.1' });
  dynamo = await openDynamo(readSettings(tableSettings, table), tableDefinition);
  outbox = eventOutbox(dynamo);
});
afterAll(async () => {
  dynamo.close();
  await messaging.close();
});

test('a conversation emits its start and its messages in their order, without texts', async () => {
  const [starter, other] = createUsers(2);
  const { id } = await startConversation(messaging, starter!, { participantIds: [other!.id], firstMessage: 'Secret.' });
  for (const sender of [starter!, other!, starter!]) await sendMessage(messaging, sender, id, 'Secret.');
  const events = (await eventsOf(id)).map(({ type, data: content }) => [type, content]);
  const message = (sequence: number, sender: number, isRequest: boolean) => [
    'MessageSent',
    {
      conversationId: id,
      sequence,
      senderId: [starter, other][sender]!.id,
      recipients: [[other, starter][sender]!.id],
      isRequest,
    },
  ];
  const started = { conversationId: id, startedBy: starter!.id, participants: [starter!.id, other!.id] };
  expect(events).toEqual([
    ['ConversationStarted', started],
    message(1, 0, true),
    message(2, 0, true),
    message(3, 1, false),
    message(4, 0, false),
  ]);
  expect(JSON.stringify(events)).not.toContain('Secret');
});

test('messages that are sent together emit their events in the order of their sequences', async () => {
  const [starter, ...others] = createUsers(4);
  const { id } = await startConversation(messaging, starter!, { participantIds: others.map((user) => user.id) });
  const sends = Array.from({ length: 40 }, (_, index) =>
    sendMessage(messaging, [starter!, ...others][index % 4]!, id, `Message ${index}`),
  );
  await Promise.all(sends);
  const events = await eventsOf(id);
  expect(conversationStarted.data.parse(events[0]!.data)).toBeDefined();
  const sequences = events.slice(1).map((event) => messageSent.data.parse(event.data).sequence);
  expect(sequences).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(new Set(events.map((event) => event.id)).size).toBe(41);
});

test('a message that is sent again emits nothing, and an event costs no request', async () => {
  const [starter, other] = createUsers(2);
  const { id } = await startConversation(messaging, starter!, { participantIds: [other!.id] });
  const input = { conversationId: id, body: 'Once.', clientMessageId: 'once' };
  const document = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { sequence } } }';
  const { requests } = await observeStores(() => data(messaging, starter!, document, { input }));
  expect(requests.map(({ statement }) => statement.split(' ')[0]).sort()).toEqual([
    'BatchGetItem',
    'TransactWriteItems',
  ]);
  await data(messaging, starter!, document, { input });
  expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['ConversationStarted', 'MessageSent']);
});

async function eventsOf(conversationId: string) {
  const entries = (await outbox.read(1_000)) ?? [];
  return entries.map(({ event }) => event).filter(({ subject }) => subject === conversationId);
}
