import type { Bus } from '@marquee/chassis/bus/bus';
import type { ConversationRow } from './conversations/conversation-row.js';

/** A change of a conversation. Messages: `{ conversationId }`. */
export function conversationTopic(conversationId: string): string {
  return `conversation ${conversationId}`;
}

/** A change of any conversation of a user. Messages: `{ conversationId }`. */
export function inboxTopic(userId: string): string {
  return `inbox ${userId}`;
}

/** Someone started or stopped typing. Messages: `{ userId, typing }`, where `typing` is 1 or 0. */
export function typingTopic(conversationId: string): string {
  return `typing ${conversationId}`;
}

/** Publishes a change of a conversation to its subscribers and to the inboxes of its participants. */
export function publishChange(bus: Bus, { conversationId, participants }: ConversationRow): void {
  bus.publish(conversationTopic(conversationId), { conversationId });
  for (const userId of participants) publishInboxChange(bus, userId, conversationId);
}

/** Publishes to one user that a conversation of theirs changed. */
export function publishInboxChange(bus: Bus, userId: string, conversationId: string): void {
  bus.publish(inboxTopic(userId), { conversationId });
}

/** Publishes that a user started or stopped typing. */
export function publishTyping(bus: Bus, conversationId: string, userId: string, typing: boolean): void {
  bus.publish(typingTopic(conversationId), { userId, typing: Number(typing) });
}
