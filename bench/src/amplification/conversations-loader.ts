import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  activityKey,
  conversationItemKey,
  inboxItemKey,
  messageItemKey,
  readsItemKey,
} from '@marquee/messaging/database/table-keys';
import type { ConversationRow } from '@marquee/messaging/conversations/conversation-row';
import type { MessageRow } from '@marquee/messaging/messages/message-row';
import { words } from '../word-lists.js';
import { putItems } from './shows-loader.js';
import type { StoreSizes } from './store-sizes.js';

/** The table of the messaging service. */
export const conversationTable = 'messaging-local';

/**
 * Fills the table of the messaging service: one long conversation of 50 participants, and an inbox of short ones.
 * @param participants the first one is the caller
 */
export async function loadConversations(
  documents: DynamoDBDocumentClient,
  { messages, owned }: StoreSizes,
  participants: readonly string[],
): Promise<void> {
  const conversations = Array.from({ length: owned }, (_, index) =>
    conversationItems(index, index === 0 ? messages : 3, participants),
  );
  await putItems(documents, conversationTable, conversations.flat());
}

/**
 * The items of one conversation. Only the first participant has an inbox entry.
 * @param index makes the ids unique
 */
export function conversationItems(index: number, count: number, participants: readonly string[]): object[] {
  const conversationId = conversationIdOf(index);
  const messages = messageRows(conversationId, index, count, participants);
  const last = messages.at(-1);
  const [owner = ''] = participants;
  const conversation = conversationRow(conversationId, messages, participants);
  const { lastActivityAt } = conversation;
  const marks = Object.fromEntries(participants.map((userId) => [userId, { upTo: 1, sent: 0 }]));
  return [
    { ...conversationItemKey(conversationId), ...conversation },
    { ...readsItemKey(conversationId), conversationId, marks },
    ...messages.map((row) => ({ ...messageItemKey(conversationId, row.sequence), ...row })),
    {
      ...inboxItemKey(owner, conversationId),
      inboxOf: owner,
      activity: activityKey(lastActivityAt, conversationId),
      lastSequence: count,
      sent: last?.sent[owner] ?? 0,
      from: { upTo: 0, sent: 0 },
    },
  ];
}

/** The id of the conversation with an index. */
export function conversationIdOf(index: number): string {
  return `019a0000-0000-7000-8000-${String(index).padStart(12, '0')}`;
}

function messageRows(
  conversationId: string,
  index: number,
  count: number,
  participants: readonly string[],
): MessageRow[] {
  const sent: Record<string, number> = {};
  return Array.from({ length: count }, (_, at): MessageRow => {
    const senderId = participants[at % participants.length] ?? '';
    sent[senderId] = (sent[senderId] ?? 0) + 1;
    return {
      messageId: `019a0001-0000-7000-8000-${String(index * 100_000 + at).padStart(12, '0')}`,
      conversationId,
      senderId,
      body: Array.from({ length: 30 }, (__, place) => words[(at * 7 + place) % words.length]).join(' '),
      sequence: at + 1,
      sentAt: new Date(1_790_000_000_000 + index * 1000 + at).toISOString(),
      sent: { ...sent },
    };
  });
}

function conversationRow(
  conversationId: string,
  messages: readonly MessageRow[],
  participants: readonly string[],
): ConversationRow {
  const lastMessage = messages.at(-1);
  const lastActivityAt = lastMessage?.sentAt ?? new Date(0).toISOString();
  return {
    conversationId,
    kind: 'GROUP',
    title: `Conversation ${conversationId.slice(-4)}`,
    participants: [...participants],
    membership: 1,
    lastSequence: messages.length,
    sent: lastMessage?.sent ?? {},
    createdAt: lastActivityAt,
    lastActivityAt,
    ...(lastMessage && { lastMessage }),
  };
}
