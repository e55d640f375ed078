import { validate } from 'uuid';
import type { MessagingContext } from '../context.js';
import type { ConversationRow } from './conversation-row.js';
import { isParticipant } from './participant-rules.js';

/** Loads a conversation; null unless the caller participates in it. */
export async function visibleConversation(
  { caller, loaders }: MessagingContext,
  id: string,
): Promise<ConversationRow | null> {
  if (caller.kind !== 'user' || !validate(id)) return null;
  const conversation = await loaders.conversation.load(id);
  return isParticipant(caller.id, conversation) ? conversation : null;
}
