import type { Bus, BusMessage } from '@marquee/chassis/bus/bus';
import { withCause, withoutCause } from '@marquee/chassis/bus/event-cause';
import type { ConversationRow } from './conversations/conversation-row.js';

/** A change of a conversation. Messages: `{ conversationId }`. */
export function conversationTopic(conversationId: string): string {
  return `conversation ${conversationId}`;
}

/** A change of any conversation of a user. Messages: `{ conversationId }`. */
export function inboxTopic(userId: string): string {
  return `inbox ${userId}`;
}

/**
 * Someone started or stopped typing. Messages: `{ userId, typing, connectionId }`, where `typing` is 1 or 0. The id is empty
 * for typing that is set over HTTP, and absent if the user stops typing on every device.
 */
export function typingTopic(conversationId: string): string {
  return `typing ${conversationId}`;
}

/** The trace context of the request that caused a change; null if it was not sampled, undefined for the current request. */
type Cause = string | null | undefined;

/**
 * Publishes a change of a conversation to its subscribers and to the inboxes of its participants.
 * @param cause what changed it. Default: the current request
 */
export function publishChange(bus: Bus, { conversationId, participants }: ConversationRow, cause?: Cause): void {
  bus.publish(conversationTopic(conversationId), caused({ conversationId }, cause));
  for (const userId of participants) publishInboxChange(bus, userId, conversationId, cause);
}

/** Publishes new messages, which were written together for several requests, with that of the last one as their cause. */
export function publishMessages(bus: Bus, conversation: ConversationRow): void {
  publishChange(bus, conversation, conversation.lastMessage?.traceparent ?? null);
}

/** Publishes to one user that a conversation of theirs changed. */
export function publishInboxChange(bus: Bus, userId: string, conversationId: string, cause?: Cause): void {
  bus.publish(inboxTopic(userId), caused({ conversationId }, cause));
}

function caused(notification: BusMessage, cause: Cause): BusMessage {
  return cause === null ? withoutCause(notification) : withCause(notification, cause);
}

/** Publishes that a user started or stopped typing. @param connectionId of the WebSocket; undefined over HTTP */
export function publishTyping(
  bus: Bus,
  conversationId: string,
  { userId, typing, connectionId = '' }: { userId: string; typing: boolean; connectionId?: string | undefined },
): void {
  bus.publish(typingTopic(conversationId), { userId, typing: Number(typing), connectionId });
}

/** Publishes that a user stopped typing, on every device. */
export function publishTypingEnd(bus: Bus, conversationId: string, userId: string): void {
  bus.publish(typingTopic(conversationId), { userId, typing: 0 });
}
