import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { subscribe } from '@marquee/testkit/subscribe';
import { observeStores } from '@marquee/testkit/test-stores';
import { createClient, createUser, type UserClient } from './fixtures/graph-client.js';
import { startGraph } from './fixtures/whole-graph.js';

const missed = `subscription ($id: ID!) {
  messageAdded(conversationId: $id, after: 0) { sequence body sender { displayName } }
}`;
const messages = 800;

const closers = new Closers();
const reader = { 'x-dev-user-id': 'catch-up-reader' };
let url: string;
let conversationId: string;

beforeAll(async () => {
  ({ url } = (await startGraph(closers, { messaging: true })).gateway);
  const { me } = await createClient(url, reader).query('{ me { id } }');
  const writers = await Promise.all(Array.from({ length: 4 }, () => createUser(url, 'FREELANCER')));
  conversationId = await startConversation(writers, me.id);
  const send = (number: number): Promise<unknown> =>
    writers[number % 4]!.mutate('sendMessage', { conversationId, body: `Message ${number}.` });
  for (let sent = 0; sent < messages; sent += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => send(sent + index)));
});
afterAll(() => closers.close());

test('a client that missed many messages receives all in one subscription, from few requests to the stores', async () => {
  const stream = subscribe({
    url: `${url}/graphql`,
    query: missed,
    variables: { id: conversationId },
    connectionParams: reader,
  });
  const { result: received, requests } = await observeStores(async () => {
    const events: unknown[] = [];
    while (events.length < messages) events.push(await stream.next());
    return events;
  });
  await stream.unsubscribe();
  expect(received).toEqual(
    Array.from({ length: messages }, (_, index) => ({
      data: {
        messageAdded: { sequence: index + 1, body: expect.any(String), sender: { displayName: expect.any(String) } },
      },
    })),
  );
  expect(requests.filter(({ store }) => store === 'postgres').length).toBeLessThan(100);
  expect(requests.filter(({ store }) => store === 'dynamodb').length).toBeLessThan(50);
});

async function startConversation([owner, ...others]: UserClient[], readerId: string): Promise<string> {
  const input = { participantIds: [...others.map(({ id }) => id), readerId], title: 'Missed' };
  return (await owner!.mutate('startConversation', input, 'conversation { id }')).conversation.id;
}
