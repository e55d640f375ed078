import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import type { TestService } from '@marquee/testkit/test-service';
import {
  addMutation,
  createUsers,
  data,
  leaveMutation,
  listenToMessages,
  nextSequences,
  openMessaging,
  sendMessage,
  sequences,
  startGroup,
} from '../fixtures/messaging-testbed.js';

let service: TestService;
const listeners: TestSubscription[] = [];

beforeAll(async () => {
  service = await openMessaging();
});
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.unsubscribe();
});
afterAll(() => service.close());

test('a participant who left and is added again reads only the messages from then on', async () => {
  const { id, ada, ben } = await groupAfterDeparture();
  await data(service, ada, addMutation, { id, userIds: [ben.id] });
  expect(await summaryOf(ben, id)).toEqual({ unreadCount: 0, lastMessage: null });
  const stream = await listen(ben, id, 0);
  await sendMessage(service, ada, id, 'welcome back');
  expect(await nextSequences(stream, 1)).toEqual([4]);
  expect(await sequences(service, ben, id)).toEqual([4]);
  expect(await pageOf(ben, id, 'last: 3')).toEqual({ sequences: [4], hasPreviousPage: false });
  expect(await summaryOf(ben, id)).toEqual({ unreadCount: 1, lastMessage: { sequence: 4 } });
  expect(await sequences(service, ada, id)).toEqual([1, 2, 3, 4]);
});

test('a message from before is as invisible by its id as one of another conversation', async () => {
  const { id, ada, ben, messageIds } = await groupAfterDeparture();
  await data(service, ada, addMutation, { id, userIds: [ben.id] });
  const { id: later } = await sendMessage(service, ada, id, 'later');
  const representations = [...messageIds, later].map((messageId) => ({ __typename: 'Message', id: messageId }));
  const document =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Message { sequence } } }';
  const entities = (await data(service, ben, document, { representations }))._entities;
  expect(entities).toEqual([null, null, null, { sequence: 4 }]);
});

test.each([
  ['a participant who left reads all messages with shareHistory: true', true, [1, 2, 3]],
  ['a participant who left reads no earlier message with shareHistory: false', false, []],
])('%s', async (_, shareHistory, expected) => {
  const { id, ada, ben } = await groupAfterDeparture();
  await data(service, ada, addWithHistory, { id, userIds: [ben.id], shareHistory });
  expect(await sequences(service, ben, id)).toEqual(expected);
});

test.each([
  ['can read earlier messages', null, [1, 2, 3]],
  ['cannot read them with shareHistory: false', false, []],
])('a user who joins for the first time %s', async (_, shareHistory, expected) => {
  const { id, ada } = await groupAfterDeparture();
  const [dora] = createUsers(1);
  await data(service, ada, addWithHistory, { id, userIds: [dora!.id], shareHistory });
  expect(await sequences(service, dora!, id)).toEqual(expected);
});

test('a participant who leaves and is added repeatedly reads from the last time on; others are unaffected', async () => {
  const { id, ada, ben, cleo } = await groupAfterDeparture();
  for (const body of ['four', 'five']) {
    await data(service, ada, addMutation, { id, userIds: [ben.id] });
    await sendMessage(service, ada, id, body);
    await data(service, ben, leaveMutation, { id });
  }
  await data(service, cleo, addMutation, { id, userIds: [ben.id] });
  await sendMessage(service, ben, id, 'six');
  expect(await sequences(service, ben, id)).toEqual([6]);
  expect(await sequences(service, cleo, id)).toEqual([1, 2, 3, 4, 5, 6]);
});

const addWithHistory = `mutation ($id: ID!, $userIds: [ID!]!, $shareHistory: Boolean) {
  addParticipants(input: { conversationId: $id, participantIds: $userIds, shareHistory: $shareHistory }) { conversation { id } }
}`;

/** A group with three messages, of which the last was sent after ben had left. */
async function groupAfterDeparture() {
  const [ada, ben, cleo] = createUsers(3) as [UserCaller, UserCaller, UserCaller];
  const id = await startGroup(service, [ada, ben, cleo]);
  const sent = [await sendMessage(service, ada, id, 'one'), await sendMessage(service, ben, id, 'two')];
  await data(service, ben, leaveMutation, { id });
  sent.push(await sendMessage(service, ada, id, 'three'));
  return { id, ada, ben, cleo, messageIds: sent.map((message) => message.id) };
}

async function listen(caller: UserCaller, id: string, after: number): Promise<TestSubscription> {
  const stream = await listenToMessages(service, caller, id, after);
  listeners.push(stream);
  return stream;
}

async function summaryOf(caller: UserCaller, id: string): Promise<unknown> {
  const document = 'query ($id: ID!) { conversation(id: $id) { unreadCount lastMessage { sequence } } }';
  return (await data(service, caller, document, { id })).conversation;
}

async function pageOf(caller: UserCaller, id: string, args: string) {
  const document = `query ($id: ID!) {
    conversation(id: $id) { messages(${args}) { edges { node { sequence } } pageInfo { hasPreviousPage } } }
  }`;
  const { edges, pageInfo } = (await data(service, caller, document, { id })).conversation.messages as {
    edges: { node: { sequence: number } }[];
    pageInfo: { hasPreviousPage: boolean };
  };
  return { sequences: edges.map(({ node }) => node.sequence), ...pageInfo };
}
