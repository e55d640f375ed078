import { conflict, notFound } from '@marquee/chassis/errors/errors';
import { type Caller, requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { validate } from 'uuid';
import type { ConversationRow } from './conversation-row.js';

export type { Caller };

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for a machine client */
export function callerId(caller: Caller): string {
  return requireUser(caller).id;
}

export function isParticipant(userId: string, head: ConversationRow | null): head is ConversationRow {
  return head?.participants.includes(userId) ?? false;
}

/**
 * A conversation of others answers like one that does not exist.
 * @throws NOT_FOUND
 */
export function mustParticipate(
  { id }: UserCaller,
  head: ConversationRow | null,
  conversationId: string,
): ConversationRow {
  if (isParticipant(id, head)) return head;
  throw conversationNotFound(conversationId);
}

/**
 * What cannot be the id of a conversation is not looked for.
 * @throws NOT_FOUND
 */
export function requireConversationId(conversationId: string): string {
  if (validate(conversationId)) return conversationId;
  throw conversationNotFound(conversationId);
}

export function conversationNotFound(conversationId: string): Error {
  return notFound('conversation', conversationId);
}

/** @throws CONFLICT for the conversation of two, which has nobody to add and nobody to miss */
export function mustBeGroup({ kind, conversationId }: ConversationRow): void {
  if (kind === 'GROUP') return;
  throw conflict(`The conversation "${conversationId}" is DIRECT: only a GROUP can be joined or left.`);
}
