import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { timeoutHeader } from '@marquee/chassis/http/request-timeout';
import { userCaller } from '@marquee/testkit/callers';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import type { GraphqlResponse, TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { openMessaging, sendMessage, startConversation } from '../fixtures/messaging-testbed.js';

const [ada, ben] = [userCaller(), userCaller()];
let proxy: TcpProxy;
let messaging: TestService;
let id: string;

beforeEach(async () => {
  const table = freshTable();
  proxy = await openTcpProxy(table['DYNAMODB_ENDPOINT'] ?? '');
  messaging = await openMessaging({ ...table, DYNAMODB_ENDPOINT: proxy.url });
  id = (await startConversation(messaging, ada, { participantIds: [ben.id] })).id;
});
afterEach(async () => {
  await messaging.close();
  proxy.close();
});

test('a message that could not be stored in time is not stored later, and a retry stores it once', async () => {
  await sendMessage(messaging, ada, id, 'before');
  proxy.swallow();
  const written = trySend('in flight', 'first', 300);
  await wait(50);
  const queued = await Promise.all([trySend('queued', 'second', 300), trySend('queued too', null, 300)]);
  for (const response of queued) {
    expect(response.errors).toMatchObject([
      { message: 'The request deadline has passed.', extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
  }
  proxy.forward();
  expect((await written).errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  await wait(500);
  expect(await bodies()).toEqual(['before']);
  await sendMessage(messaging, ada, id, 'in flight', 'first');
  await sendMessage(messaging, ada, id, 'in flight', 'first');
  expect(await bodies()).toEqual(['before', 'in flight']);
});

test('a message is refused with UPSTREAM_UNAVAILABLE while the store is down', async () => {
  proxy.close();
  const { errors } = await trySend('lost', 'first', 2_000);
  expect(errors).toMatchObject([{ path: ['sendMessage'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
});

test('senders who leave do not keep the messages of others from being stored', async () => {
  const sends = Array.from({ length: 60 }, (_, at) =>
    trySend(`message ${at}`, `id-${at}`, at % 3 === 0 ? 1 + (at % 5) : 20_000),
  );
  const responses = await Promise.all(sends);
  const confirmed = responses.flatMap(({ errors }, at) => (errors.length === 0 ? [`message ${at}`] : []));
  expect(confirmed.length).toBeGreaterThanOrEqual(40);
  expect((await bodies()).toSorted()).toEqual(confirmed.toSorted());
});

function trySend(body: string, clientMessageId: string | null, timeoutMs: number): Promise<GraphqlResponse> {
  const document = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`;
  const variables = { input: { conversationId: id, body, clientMessageId } };
  return messaging.request(document, { caller: ada, variables, headers: { [timeoutHeader]: String(timeoutMs) } });
}

async function bodies(): Promise<string[]> {
  const document = `query ($id: ID!) { conversation(id: $id) { messages(first: 100) { edges { node { body } } } } }`;
  const { data } = await messaging.request(document, { caller: ben, variables: { id } });
  const { edges } = data.conversation.messages as { edges: { node: { body: string } }[] };
  return edges.map(({ node }) => node.body);
}
