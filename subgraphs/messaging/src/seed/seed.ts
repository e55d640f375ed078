import { exampleConversations, type SeededConversation } from './example-conversations.js';
import { messageKeys } from '../messages/message-store.js';
import type { ConversationRow } from '../conversations/conversation-row.js';
import type { NewConversation } from '../conversations/conversation-start-store.js';
import type { MessagingStore } from '../store.js';

/** Starts the invented conversations that are not there yet; what is there stays as it is. */
export async function seed(store: MessagingStore): Promise<void> {
  for (const conversation of exampleConversations) {
    const { head } = await store.startConversation(newConversation(conversation, Date.now()));
    if (head) await markAnswered(store, head);
  }
}

/** Who has answered has read what they answered to. */
async function markAnswered(store: MessagingStore, { conversationId, lastSequence }: ConversationRow): Promise<void> {
  const messages = await store.messages(messageKeys(conversationId, 1, lastSequence));
  const latest = new Map(
    messages.sort((one, other) => one.sequence - other.sequence).map((message) => [message.senderId, message]),
  );
  for (const [userId, message] of latest) await store.moveReadMark(userId, message);
}

function newConversation(seeded: SeededConversation, now: number): NewConversation {
  const { conversationId, kind, title, participants, messages } = seeded;
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
