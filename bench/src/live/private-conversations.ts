import { setTimeout as wait } from 'node:timers/promises';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { Pool } from 'undici';
import type { PrivateClient } from './private-streams.js';

/** Conversations that together have all clients as participants. */
export interface PrivateConversations {
  /** Sends one message to each conversation. */
  sendToAll(): Promise<void>;
  close(): Promise<void>;
}

/** Participants of one conversation. */
const size = 50;

/** Concurrent requests. */
const concurrency = 4;

const start = `mutation Start($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } }
}`;

const send = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id } }
}`;

/** Starts the conversations, which their participants follow. */
export async function openPrivateConversations(
  url: string,
  clients: readonly PrivateClient[],
): Promise<PrivateConversations> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: concurrency });
  const request = requestsTo(pool, pathname);
  const groups = Array.from({ length: Math.ceil(clients.length / size) }, (_, index) =>
    clients.slice(index * size, (index + 1) * size),
  );
  const conversations = await mapWithConcurrency(groups, concurrency, async ([first, ...others]) => {
    const input = { participantIds: others.map(({ id }) => id), title: 'Restart' };
    const data = await request<Started>(first, start, { input });
    const { id } = data.startConversation.conversation;
    for (const client of [first, ...others]) client?.follow(id);
    return { id, sender: first };
  });
  return {
    async sendToAll() {
      await mapWithConcurrency(conversations, concurrency, ({ id, sender }) =>
        request(sender, send, { input: { conversationId: id, body: 'Hello again.' } }),
      );
    },
    close: () => pool.close(),
  };
}

interface Started {
  startConversation: { conversation: { id: string } };
}

type Send = <Data>(by: PrivateClient | undefined, query: string, variables: object) => Promise<Data>;

/** The first requests after a restart may meet a connection to the old process. */
const maxAttempts = 20;

/** Sends requests as a client, until they succeed. */
function requestsTo(pool: Pool, path: string): Send {
  return async <Data>(by: PrivateClient | undefined, query: string, variables: object): Promise<Data> => {
    const headers = { 'content-type': 'application/json', 'x-dev-user-id': by?.sub ?? '' };
    const body = JSON.stringify({ query, variables });
    for (let attempt = 1; ; attempt += 1) {
      const response = await pool.request({ method: 'POST', path, headers, body });
      const answer = (await response.body.json()) as { data?: Data; errors?: unknown };
      if (answer.data && !answer.errors) return answer.data;
      if (attempt === maxAttempts) throw new Error(`${query.slice(0, 20)} failed: ${JSON.stringify(answer.errors)}`);
      await wait(250);
    }
  };
}
