import { conflict, notFound, unauthenticated } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { validate } from 'uuid';
import type { ConversationRow } from './conversation-row.js';

export const maxParticipants = 50;

export function isParticipant(userId: string, conversation: ConversationRow | null): conversation is ConversationRow {
  return conversation?.participants.includes(userId) ?? false;
}

/** The sequence up to which messages are hidden from a participant: 0, unless they were added again after they left. */
export function hiddenUpTo(userId: string, { hiddenUpTo: hidden = {} }: ConversationRow): number {
  return hidden[userId] ?? 0;
}

/**
 * Returns the conversation if the caller participates in it.
 * @throws NOT_FOUND for any other conversation, so that its existence is not revealed
 */
export function mustParticipate(
  { id }: UserCaller,
  conversation: ConversationRow | null,
  conversationId: string,
): ConversationRow {
  if (isParticipant(id, conversation)) return conversation;
  throw conversationNotFound(conversationId);
}

/**
 * Returns the id if it is a UUID: anything else is rejected without a request to the store.
 * @throws NOT_FOUND
 */
export function requireConversationId(conversationId: string): string {
  if (validate(conversationId)) return conversationId;
  throw conversationNotFound(conversationId);
}

export function conversationNotFound(conversationId: string): Error {
  return notFound('conversation', conversationId);
}

export function accountClosed(): Error {
  return unauthenticated('This account is closed.');
}

/** @throws CONFLICT for a DIRECT conversation: its participants never change */
export function mustBeGroup({ kind, conversationId }: ConversationRow): void {
  if (kind === 'GROUP') return;
  throw conflict(
    `The conversation "${conversationId}" is DIRECT: only a GROUP can be joined or left.`,
    'input.conversationId',
  );
}

/**
 * The participants of a conversation after an addition, each once.
 * @throws CONFLICT for more than 50
 */
export function withAdded({ participants }: ConversationRow, added: readonly string[]): string[] {
  const all = [...new Set([...participants, ...added])];
  if (all.length <= maxParticipants) return all;
  throw conflict(
    `A conversation has at most ${maxParticipants} participants; this would make ${all.length}.`,
    'input.participantIds',
  );
}
