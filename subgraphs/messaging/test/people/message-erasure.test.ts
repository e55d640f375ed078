import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { type Dynamo, tableSettings, openDynamo } from '@marquee/chassis/dynamodb/open-table';
import { Closers } from '@marquee/chassis/process/closers';
import { messagesErased } from '@marquee/events/erasure-events';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import type { ConversationRow } from '../../src/conversations/conversation-row.js';
import { backfillItemKey, erasedItemKey, leftItemKey } from '../../src/database/table-keys.js';
import { eventOutbox } from '../../src/event-outbox.js';
import { openConversationTail } from '../../src/live/conversation-tail.js';
import { backfillPage, type Departure } from '../../src/people/departure-backfill.js';
import { eraseMessages, eraseMessagesIn } from '../../src/people/message-erasure-store.js';
import { createStore } from '../../src/store.js';
import { tableDefinition } from '../../src/table.js';
import {
  codeOf,
  createUsers,
  data,
  leaveMutation,
  openMessaging,
  sendMessage,
  startConversation,
  startGroup,
  trySendMessage,
} from '../fixtures/messaging-testbed.js';

const closers = new Closers();
let messaging: TestService;
let dynamo: Dynamo;
let erase: (userId: string) => Promise<ConversationRow[]>;

beforeAll(async () => {
  const table = freshTable();
  messaging = closers.add(await openMessaging(table));
  dynamo = closers.add(await openDynamo(readSettings(tableSettings, table), tableDefinition));
  erase = async (userId) => {
    const erased: ConversationRow[] = [];
    await eraseMessages(dynamo, userId, (conversation) => erased.push(conversation));
    return erased;
  };
});
afterAll(() => closers.close());

const startMutation = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } } }`;

test('the messages of a user lose their texts in every conversation, also in one that the user has left', async () => {
  const [gone, other, third] = createUsers(3);
  const direct = (await startConversation(messaging, gone!, { participantIds: [other!.id], firstMessage: 'Hello.' }))
    .id;
  await sendMessage(messaging, other!, direct, 'Hi.', 'a');
  const left = await startGroup(messaging, [gone!, other!, third!]);
  await sendMessage(messaging, gone!, left, 'Goodbye.', 'b');
  await data(messaging, gone!, leaveMutation, { id: left });
  expect((await erase(gone!.id)).map(({ conversationId }) => conversationId).sort()).toEqual([direct, left].sort());
  expect(await textsOf(other!, direct)).toEqual({ last: 'Hi.', all: ['This message was deleted.', 'Hi.'] });
  expect(await textsOf(other!, left)).toEqual({
    last: 'This message was deleted.',
    all: ['This message was deleted.'],
  });
  await erase(gone!.id);
  expect(await textsOf(other!, direct)).toEqual({ last: 'Hi.', all: ['This message was deleted.', 'Hi.'] });
});

test('the titles that a user has given to groups disappear, and no key of their messages remains', async () => {
  const [gone, other, third] = createUsers(3);
  const input = (title: string) => ({ title, participantIds: [other!.id, third!.id] });
  const { id } = await startConversation(messaging, gone!, input('The birthday of Gone'));
  const { id: left } = await startConversation(messaging, gone!, input('Left by Gone'));
  await data(messaging, gone!, leaveMutation, { id: left });
  const { id: others } = await startConversation(messaging, other!, { title: 'Ours', participantIds: [gone!.id] });
  await sendMessage(messaging, gone!, others, 'Hello.', 'written-by-Gone');
  await sendMessage(messaging, other!, others, 'Hello.', 'written-by-other');
  const titles = async () => {
    const document = 'query ($id: ID!) { conversation(id: $id) { title } }';
    const read = [id, left, others].map((of) => data(messaging, other!, document, { id: of }));
    return (await Promise.all(read)).map(({ conversation }) => conversation.title);
  };
  expect(await titles()).toEqual(['The birthday of Gone', 'Left by Gone', 'Ours']);
  await erase(gone!.id);
  expect(await titles()).toEqual([null, null, 'Ours']);
  const { Items = [] } = await dynamo.documents.scan({ TableName: dynamo.table });
  const stored = JSON.stringify(Items);
  expect(stored).not.toMatch(/(of|by)[ -]Gone/);
  expect(stored).toContain('written-by-other');
});

test('an erasure that was interrupted replaces only the remaining texts when it is repeated', async () => {
  const [gone, other] = createUsers(2);
  const { id } = await startConversation(messaging, gone!, { participantIds: [other!.id], firstMessage: 'One.' });
  for (const body of ['Two.', 'Three.', 'Four.']) await sendMessage(messaging, gone!, id, body, `key-${body}`);
  const replaced: string[] = [];
  const replacing: Promise<unknown>[] = [];
  const eraseUntil = (limit: number) => {
    const update: Dynamo['documents']['update'] = async (input) => {
      const key = String(input.Key?.['sk']);
      if (!key.startsWith('m#')) return dynamo.documents.update(input);
      if (replaced.length >= limit) {
        await Promise.all(replacing);
        throw new Error('The process ends.');
      }
      replaced.push(key);
      const replacement = dynamo.documents.update(input);
      replacing.push(replacement);
      return replacement;
    };
    const documents = { ...dynamo.documents, update };
    return eraseMessages({ ...dynamo, documents }, gone!.id, () => undefined);
  };
  await expect(eraseUntil(2)).rejects.toThrow('The process ends.');
  await eraseUntil(Infinity);
  expect(new Set(replaced).size).toBe(4);
  expect(replaced).toHaveLength(4);
  expect((await textsOf(other!, id)).all).toEqual(Array.from({ length: 4 }, () => 'This message was deleted.'));
});

test('the number of erased messages is reported by an event with the same id if the erasure is repeated', async () => {
  const [gone, other] = createUsers(2);
  const { id } = await startConversation(messaging, gone!, { participantIds: [other!.id], firstMessage: 'Hello.' });
  for (const [sender, key] of [
    [other!, 'i'],
    [gone!, 'j'],
  ] as const)
    await sendMessage(messaging, sender, id, 'Hi.', key);
  await erase(gone!.id);
  await erase(gone!.id);
  const events = await eventOutbox(dynamo).recent(1_000);
  const reports = events.flatMap(({ event }) => (event.type === 'MessagesErased' ? event : []));
  const ofGone = reports.filter(({ subject }) => subject === gone!.id);
  const data = { userId: gone!.id, counts: { messages: 2 } };
  expect(ofGone.map((event) => messagesErased.data.parse(event.data))).toEqual([data, data]);
  expect(new Set(ofGone.map((event) => event.id)).size).toBe(1);
});

test('the messages in a conversation that was left before departures were recorded lose their texts', async () => {
  const [gone, other] = createUsers(2);
  const id = await startGroup(messaging, [gone!, other!]);
  await sendMessage(messaging, gone!, id, 'Goodbye.', 'h');
  const version = { messages: 1, membership: 1, reads: 0 };
  const store = createStore(dynamo, () => undefined);
  await store.appendInboxChanges(gone!.id, 0, [{ conversationId: id, position: 1, version }]);
  await data(messaging, gone!, leaveMutation, { id });
  await dynamo.documents.delete({ TableName: dynamo.table, Key: { ...leftItemKey(gone!.id, id) } });
  await erase(gone!.id);
  expect(await textsOf(other!, id)).toEqual({
    last: 'This message was deleted.',
    all: ['This message was deleted.'],
  });
});

test('departures that were not recorded are found by a scan, which goes on where it was interrupted', async () => {
  const [gone, erased, other] = createUsers(3);
  const id = await startGroup(messaging, [gone!, erased!, other!]);
  for (const [user, key] of [
    [gone!, 'k'],
    [erased!, 'l'],
  ] as const) {
    await sendMessage(messaging, user, id, 'Goodbye.', key);
    await data(messaging, user, leaveMutation, { id });
    await dynamo.documents.delete({ TableName: dynamo.table, Key: { ...leftItemKey(user.id, id) } });
  }
  await Promise.all([erase(gone!.id), erase(erased!.id)]);
  await dynamo.documents.delete({ TableName: dynamo.table, Key: { ...erasedItemKey(gone!.id) } });
  expect((await textsOf(other!, id)).all).toEqual(['Goodbye.', 'Goodbye.']);
  const erasures: Departure[] = [];
  const options = {
    pageSize: 5,
    erase: (departure: Departure) => {
      erasures.push(departure);
      return eraseMessagesIn(dynamo, { ...departure, onErased: () => undefined });
    },
  };
  let pages = 1;
  while (!(await backfillPage(dynamo, options))) pages += 1;
  expect(pages).toBeGreaterThan(2);
  // The page that was reached is lost, as when a replica is killed: nothing is erased twice.
  await dynamo.documents.delete({ TableName: dynamo.table, Key: { ...backfillItemKey('progress') } });
  while (!(await backfillPage(dynamo, options))) pages += 1;
  expect(erasures.filter(({ userId }) => userId === erased!.id)).toEqual([{ userId: erased!.id, conversationId: id }]);
  expect((await textsOf(other!, id)).all).toEqual(['Goodbye.', 'This message was deleted.']);
  await erase(gone!.id);
  expect((await textsOf(other!, id)).all).toEqual(['This message was deleted.', 'This message was deleted.']);
});

test('an erasure that a stopping service interrupts is found again by the next scan', async () => {
  const [erased, other] = createUsers(2);
  const id = await startGroup(messaging, [erased!, other!]);
  await sendMessage(messaging, erased!, id, 'Goodbye.', 'm');
  await data(messaging, erased!, leaveMutation, { id });
  await dynamo.documents.delete({ TableName: dynamo.table, Key: { ...leftItemKey(erased!.id, id) } });
  await erase(erased!.id);
  await dynamo.documents.delete({ TableName: dynamo.table, Key: { ...backfillItemKey('progress') } });
  const stopping = AbortSignal.abort(new Error('The service stops.'));
  const options = {
    erase: (departure: Departure, signal: AbortSignal | undefined) =>
      eraseMessagesIn(dynamo, { ...departure, onErased: () => undefined, stopping: signal }),
  };
  await expect(backfillPage(dynamo, options, stopping)).rejects.toThrow('The service stops.');
  expect((await textsOf(other!, id)).all).toEqual(['Goodbye.']);
  await backfillPage(dynamo, options);
  expect((await textsOf(other!, id)).all).toEqual(['This message was deleted.']);
});

test('afterwards the user sends nothing more, and the others go on', async () => {
  const [gone, other] = createUsers(2);
  const { id } = await startConversation(messaging, gone!, { participantIds: [other!.id], firstMessage: 'Hello.' });
  await erase(gone!.id);
  const late = await trySendMessage(messaging, gone!, {
    conversationId: id,
    body: 'One more.',
    clientMessageId: 'late',
  });
  expect(codeOf(late)).toBe('NOT_FOUND');
  await sendMessage(messaging, other!, id, 'Anyone?', 'c');
  expect(await textsOf(other!, id)).toEqual({ last: 'Anyone?', all: ['This message was deleted.', 'Anyone?'] });
});

test('a live subscription resumes with the erased text, not with the one that it had in memory', async () => {
  const [gone, other] = createUsers(2);
  const { id } = await startConversation(messaging, gone!, { participantIds: [other!.id], firstMessage: 'Hello.' });
  const document = 'subscription ($id: ID!, $after: Int) { messageAdded(conversationId: $id, after: $after) { body } }';
  const live = await messaging.subscribe(document, { caller: other!, variables: { id, after: 1 } });
  await sendMessage(messaging, gone!, id, 'In memory.', 'd');
  expect(await live.next()).toMatchObject({ data: { messageAdded: { body: 'In memory.' } } });
  await erase(gone!.id);
  await sendMessage(messaging, other!, id, 'Next.', 'e');
  expect(await live.next()).toMatchObject({ data: { messageAdded: { body: 'Next.' } } });
  const again = await messaging.subscribe(document, { caller: other!, variables: { id, after: 1 } });
  expect(await again.next()).toMatchObject({ data: { messageAdded: { body: 'This message was deleted.' } } });
  await Promise.all([live.unsubscribe(), again.unsubscribe()]);
});

test('a user who was in no conversation neither starts one nor sends messages', async () => {
  const [gone, other] = createUsers(2);
  await erase(gone!.id);
  for (const group of [{}, { title: 'Group' }]) {
    const input = { ...group, participantIds: [other!.id], firstMessage: 'Late.' };
    expect(codeOf(await messaging.request(startMutation, { caller: gone!, variables: { input } }))).toBe(
      'UNAUTHENTICATED',
    );
  }
  const { id } = await startConversation(messaging, other!, { participantIds: [gone!.id], firstMessage: 'Hello?' });
  const late = { conversationId: id, body: 'Late.', clientMessageId: 'f' };
  expect(codeOf(await trySendMessage(messaging, gone!, late))).toBe('NOT_FOUND');
  const input = { participantIds: [other!.id], firstMessage: 'Late.' };
  expect(codeOf(await messaging.request(startMutation, { caller: gone!, variables: { input } }))).toBe(
    'UNAUTHENTICATED',
  );
  expect(await textsOf(other!, id)).toEqual({ last: 'Hello?', all: ['Hello?'] });
});

test('a tail that reads messages during the erasure forgets their texts', async () => {
  const [gone, other] = createUsers(2);
  const { id } = await startConversation(messaging, gone!, { participantIds: [other!.id], firstMessage: 'Hello.' });
  const store = createStore(dynamo, () => undefined);
  const tailPoll = { follow: () => undefined };
  const tail = openConversationTail(id, { store, readConversation: store.conversation, tailPoll });
  await tail.poll();
  await sendMessage(messaging, gone!, id, 'Original.', 'g');
  let polls = 0;
  const update: Dynamo['documents']['update'] = async (input) => {
    if (polls++ === 0) await tail.poll();
    return dynamo.documents.update(input);
  };
  await eraseMessages({ ...dynamo, documents: { ...dynamo.documents, update } }, gone!.id, () => undefined);
  await tail.poll();
  expect(await tail.messages(2, 2)).toMatchObject([{ body: 'This message was deleted.' }]);
  tail.close();
});

async function textsOf(caller: Parameters<typeof data>[1], id: string): Promise<{ last: string; all: string[] }> {
  const document = `query ($id: ID!) { conversation(id: $id) { lastMessage { body } messages { edges { node { body } } } } }`;
  const { conversation } = await data(messaging, caller, document, { id });
  return {
    last: conversation.lastMessage.body,
    all: conversation.messages.edges.map(({ node }: { node: { body: string } }) => node.body),
  };
}
