import { requireUser } from '@marquee/chassis/identity/caller';
import { validate } from 'uuid';
import type { MessagingContext } from '../context.js';
import { visibleConversation } from '../conversations/conversation-access.js';
import { hiddenUpTo } from '../conversations/participant-rules.js';
import type { ShownMessage } from './message-row.js';

/** Loads a message by id; null unless the caller participates in its conversation and can read it. */
export async function visibleMessage(context: MessagingContext, id: string): Promise<ShownMessage | null> {
  const { caller, loaders, store } = context;
  const key = validate(id) ? await store.messageKey(id) : null;
  const conversation = key && (await visibleConversation(context, key.conversationId));
  if (!key || !conversation || key.sequence <= hiddenUpTo(requireUser(caller).id, conversation)) return null;
  return loaders.message.load(key);
}
