import type { Bus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { v7 as uuid } from 'uuid';
import type { MessagingStore } from '../store.js';
import { publishChange, publishTypingEnd } from '../topics.js';
import type { ConversationRow } from './conversation-row.js';
import type { ConversationStart } from './conversation-rules.js';
import { accountClosed, mustParticipate } from './participant-rules.js';

/**
 * Starts a conversation; if the DIRECT one exists already, sends `firstMessage` as its next message.
 * @throws UNAUTHENTICATED if the user has deleted their account
 */
export async function startConversation(
  { store, bus }: { store: MessagingStore; bus: Bus },
  user: UserCaller,
  { firstMessage, ...start }: ConversationStart,
): Promise<ConversationRow> {
  const startedAt = new Date();
  const messages = firstMessage === null ? [] : [{ senderId: user.id, body: firstMessage, at: startedAt }];
  const { conversationId, created } = await store.startConversation({
    ...start,
    conversationId: uuid(),
    startedAt,
    messages,
  });
  if (created) {
    publishChange(bus, created);
    return created;
  }
  if (firstMessage !== null) {
    const draft = { conversationId, senderId: user.id, body: firstMessage, clientMessageId: null };
    if ((await store.sendMessage(draft)) === null) throw accountClosed();
    publishTypingEnd(bus, conversationId, user.id);
  }
  return mustParticipate(user, await store.conversation(conversationId), conversationId);
}
