import type { Bus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { v7 as uuid } from 'uuid';
import { publishChange } from '../topics.js';
import { mustParticipate } from './participant-rules.js';
import type { ConversationStart } from './conversation-rules.js';
import type { ConversationRow } from './conversation-row.js';
import type { MessagingStore } from '../store.js';

/** Starts a conversation, or goes on with the DIRECT one that there is: the first message is then its next one. */
export async function startConversation(
  { store, bus }: { store: MessagingStore; bus: Bus },
  user: UserCaller,
  { firstMessage, ...beginning }: ConversationStart,
): Promise<ConversationRow> {
  const startedAt = new Date();
  const messages = firstMessage === null ? [] : [{ senderId: user.id, body: firstMessage, at: startedAt }];
  const { conversationId, head } = await store.startConversation({
    ...beginning,
    conversationId: uuid(),
    startedAt,
    messages,
  });
  if (head) {
    publishChange(bus, head);
    return head;
  }
  if (firstMessage !== null)
    await store.sendMessage({ conversationId, senderId: user.id, body: firstMessage, clientMessageId: null });
  return mustParticipate(user, await store.conversation(conversationId), conversationId);
}
