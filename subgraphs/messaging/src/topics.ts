import type { Bus } from '@marquee/chassis/bus/bus';
import type { ConversationRow } from './conversations/conversation-row.js';

export function conversationTopic(conversationId: string): string {
  return `conversation ${conversationId}`;
}

export function inboxTopic(userId: string): string {
  return `inbox ${userId}`;
}

export function typingTopic(conversationId: string): string {
  return `typing ${conversationId}`;
}

/** Tells that a conversation changed, to those who follow it and to the inboxes that it is in. */
export function publishChange(bus: Bus, { conversationId, participants }: ConversationRow): void {
  bus.publish(conversationTopic(conversationId), { conversationId });
  for (const userId of participants) publishInboxChange(bus, userId, conversationId);
}

/** Tells one user that a conversation of theirs reads otherwise now. */
export function publishInboxChange(bus: Bus, userId: string, conversationId: string): void {
  bus.publish(inboxTopic(userId), { conversationId });
}
