import { validate } from 'uuid';
import type { MessagingContext } from '../context.js';
import { visibleConversation } from '../conversations/conversation-access.js';
import type { MessageRow } from './message-row.js';

/** Loads a message by id; null unless the caller participates in its conversation. */
export async function visibleMessage(context: MessagingContext, id: string): Promise<MessageRow | null> {
  const key = validate(id) ? await context.store.messageKey(id) : null;
  if (!key || !(await visibleConversation(context, key.conversationId))) return null;
  return context.loaders.message.load(key);
}
