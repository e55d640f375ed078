import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import type { Gateway } from './gateway.js';
import type { LiveClient } from './live-client.js';

export interface User {
  id: string;
  displayName: string;
}

export interface Message {
  sequence: number;
  body: string;
  sentAt: string;
  sender: { id: string };
}

/** A direct conversation of two, as one of them sees it. */
export interface Conversation {
  /** The last messages, then each as it is sent, in order and none twice. */
  messages(live: LiveClient): AsyncIterable<ExecutionResult<{ messageAdded: Message }>>;
  /** Sent again under one id until there is an answer: the service makes one message of all attempts. */
  send(body: string): Promise<void>;
}

/** Messages of before that are read at the beginning. */
const historySize = 10;

export async function fetchMe(gateway: Gateway): Promise<User> {
  const { me } = await gateway.requestWithRetries<{ me: User }>('{ me { id displayName } }');
  return me;
}

/** Finds the conversation with somebody, or starts it. */
export async function openConversation(gateway: Gateway, them: User): Promise<Conversation> {
  const variables = { input: { participantIds: [them.id] } };
  const { startConversation } = await gateway.requestWithRetries<Started>(starting, variables);
  const { id, lastMessage } = startConversation.conversation;
  const first = Math.max(0, (lastMessage?.sequence ?? 0) - historySize);
  return {
    messages: (live) =>
      live.results<{ messageAdded: Message }, number>(
        added,
        (cursor) => ({ id, after: cursor ?? first }),
        ({ messageAdded }) => messageAdded.sequence,
      ),
    async send(body) {
      await gateway.requestWithRetries(sending, { input: { conversationId: id, body, clientMessageId: randomUUID() } });
    },
  };
}

const starting = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id lastMessage { sequence } } }
}`;

const added = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence body sentAt sender { id } }
}`;

const sending = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';

interface Started {
  startConversation: { conversation: { id: string; lastMessage: { sequence: number } | null } };
}
