import type { ConversationRow } from '../conversations/conversation-row.js';
import type { NewConversation } from '../conversations/conversation-start-store.js';
import { messageKeys } from '../messages/message-store.js';
import type { MessagingStore } from '../store.js';
import { type ExampleConversation, exampleConversations } from './example-conversations.js';

/** Adds the example conversations that do not exist yet; existing ones stay unchanged. */
export async function seed(store: MessagingStore): Promise<void> {
  for (const conversation of exampleConversations) {
    const { created } = await store.createConversation(newConversation(conversation, Date.now()));
    if (created) await markRead(store, created);
  }
}

/** Marks each participant's own last message as read: they have read everything before it. */
async function markRead(store: MessagingStore, { conversationId, lastSequence }: ConversationRow): Promise<void> {
  const messages = await store.messages(messageKeys(conversationId, 1, lastSequence));
  const latest = new Map(
    messages.sort((one, other) => one.sequence - other.sequence).map((message) => [message.senderId, message]),
  );
  for (const [userId, { sequence }] of latest) {
    const { message } = await store.markTarget(conversationId, sequence);
    if (message) await store.moveReadMark(userId, message);
  }
}

function newConversation(example: ExampleConversation, now: number): NewConversation {
  const { conversationId, kind, title, participants, messages } = example;
  const ago = (minutes: number) => new Date(now - minutes * 60_000);
  return {
    conversationId,
    kind,
    title,
    jobId: null,
    participants: [...participants],
    startedAt: ago(messages[0]?.minutesAgo ?? 0),
    messages: messages.map(({ by, body, minutesAgo }) => ({ senderId: by, body, at: ago(minutesAgo) })),
  };
}
