import type { Bus } from '@marquee/chassis/bus/bus';
import type { HeadRow } from '../store/rows.js';

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
export function tellChange(bus: Bus, { conversationId, participants }: HeadRow): void {
  bus.publish(conversationTopic(conversationId), { conversationId });
  for (const userId of participants) tellInbox(bus, userId, conversationId);
}

/** Tells one user that a conversation of theirs reads otherwise now. */
export function tellInbox(bus: Bus, userId: string, conversationId: string): void {
  bus.publish(inboxTopic(userId), { conversationId });
}
