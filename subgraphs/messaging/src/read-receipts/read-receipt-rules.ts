import { badInput } from '@marquee/chassis/errors/errors';
import type { ConversationRow } from '../conversations/conversation-row.js';

/** @throws BAD_USER_INPUT for a sequence that no message of the conversation has */
export function mustBeSentSequence(sequence: number, { lastSequence }: ConversationRow): void {
  if (sequence >= 1 && sequence <= lastSequence) return;
  throw badInput({
    path: 'input.sequence',
    message: `must be the sequence of a message, from 1 to ${lastSequence}; it was ${sequence}`,
  });
}
