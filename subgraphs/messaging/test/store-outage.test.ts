import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { codeOf, openMessaging, startGroup } from './fixtures/messaging-testbed.js';

const [ada, ben] = [userCaller(), userCaller()];
let proxy: TcpProxy;
let messaging: TestService;
let id: string;

beforeAll(async () => {
  const table = freshTable();
  proxy = await openTcpProxy(table['DYNAMODB_ENDPOINT'] ?? '');
  messaging = await openMessaging({ ...table, DYNAMODB_ENDPOINT: proxy.url });
  id = await startGroup(messaging, [ada, ben]);
  proxy.close();
});
afterAll(() => messaging.close());

const operations = {
  sendMessage:
    'mutation ($id: ID!) { sendMessage(input: { conversationId: $id, body: "a", clientMessageId: "1" }) { message { id } } }',
  startConversation:
    'mutation ($id: ID!) { startConversation(input: { participantIds: [$id], firstMessage: "a" }) { conversation { id } } }',
  markRead: 'mutation ($id: ID!) { markRead(input: { conversationId: $id, sequence: 1 }) { conversation { id } } }',
  addParticipants:
    'mutation ($id: ID!) { addParticipants(input: { conversationId: $id, participantIds: [$id] }) { conversation { id } } }',
  leaveConversation: 'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { conversationId } }',
  setTyping: 'mutation ($id: ID!) { setTyping(input: { conversationId: $id, typing: true }) { typing } }',
  conversation: 'query ($id: ID!) { conversation(id: $id) { id } }',
  conversations: '{ conversations { edges { cursor } } }',
  unreadTotal: '{ unreadTotal }',
};

test.each(Object.entries(operations))(
  '%s is refused with UPSTREAM_UNAVAILABLE while the store is down',
  async (_, document) => {
    expect(codeOf(await messaging.request(document, { caller: ada, variables: { id } }))).toBe('UPSTREAM_UNAVAILABLE');
  },
);

const streams = {
  messageAdded: 'subscription ($id: ID!) { messageAdded(conversationId: $id, after: 0) { sequence } }',
  typing: 'subscription ($id: ID!) { typing(conversationId: $id) { typing } }',
  conversationUpdated: 'subscription { conversationUpdated(after: 0) { id } }',
};

test.each(Object.entries(streams))('%s ends with UPSTREAM_UNAVAILABLE while the store is down', async (_, document) => {
  const stream = await messaging.subscribe(document, { caller: ada, variables: { id } });
  await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  await stream.unsubscribe();
});
