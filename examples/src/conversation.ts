import { randomUUID } from 'node:crypto';
import type { LiveClient, LiveResult } from '@marquee/client';
import type { Gateway } from './gateway.js';

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

/** A direct conversation, from the perspective of one participant. */
export interface Conversation {
  /** The last messages, then new ones, in order and without duplicates. */
  messages(live: LiveClient): AsyncIterable<LiveResult<{ messageAdded: Message }>>;
  /** Sends a message with retries. All attempts have the same clientMessageId, so that the service stores it once. */
  send(body: string): Promise<void>;
}

/** Number of earlier messages to read at the start. */
const historySize = 10;

export async function fetchMe(gateway: Gateway): Promise<User> {
  const { me } = await gateway.requestWithRetries<{ me: User }>('{ me { id displayName } }');
  return me;
}

/** Finds or starts the conversation with a user. */
export async function openConversation(gateway: Gateway, them: User): Promise<Conversation> {
  const variables = { input: { participantIds: [them.id] } };
  const { startConversation } = await gateway.requestWithRetries<StartConversationData>(startMutation, variables);
  const { id, lastMessage } = startConversation.conversation;
  const first = Math.max(0, (lastMessage?.sequence ?? 0) - historySize);
  return {
    messages: (live) =>
      live.iterate<{ messageAdded: Message }>({ query: messageSubscription, variables: { id, after: first } }),
    async send(body) {
      await gateway.requestWithRetries(sendMutation, {
        input: { conversationId: id, body, clientMessageId: randomUUID() },
      });
    },
  };
}

const startMutation = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id lastMessage { sequence } } }
}`;

const messageSubscription = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence body sentAt sender { id } }
}`;

const sendMutation = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';

interface StartConversationData {
  startConversation: { conversation: { id: string; lastMessage: { sequence: number } | null } };
}
