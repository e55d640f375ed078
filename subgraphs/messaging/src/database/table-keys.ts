/** The primary key of an item. */
export interface ItemKey {
  pk: string;
  sk: string;
}

export function conversationItemKey(conversationId: string): ItemKey {
  return { pk: `c#${conversationId}`, sk: 'head' };
}

export function readsItemKey(conversationId: string): ItemKey {
  return { pk: `c#${conversationId}`, sk: 'reads' };
}

/** The sequence is zero-padded, so that its text sorts in numeric order. */
export function messageItemKey(conversationId: string, sequence: number): ItemKey {
  return { pk: `c#${conversationId}`, sk: `m#${String(sequence).padStart(10, '0')}` };
}

export function sendItemKey(conversationId: string, senderId: string, clientMessageId: string): ItemKey {
  return { pk: `c#${conversationId}`, sk: `k#${senderId}#${clientMessageId}` };
}

/** Marks a user who has left the conversation. */
export function departureItemKey(conversationId: string, userId: string): ItemKey {
  return { pk: `c#${conversationId}`, sk: `l#${userId}` };
}

export function inboxItemKey(userId: string, conversationId: string): ItemKey {
  return { pk: userPartition(userId), sk: `c#${conversationId}` };
}

export function readMarkItemKey(userId: string, conversationId: string): ItemKey {
  return { pk: userPartition(userId), sk: `r#${conversationId}` };
}

export function userPartition(userId: string): string {
  return `u#${userId}`;
}

/** The change log of the user's inbox. */
export function inboxLogPartition(userId: string): string {
  return `l#${userId}`;
}

/** The conversations that the user has left at some time. */
export function leftPartition(userId: string): string {
  return `w#${userId}`;
}

export function leftItemKey(userId: string, conversationId: string): ItemKey {
  return { pk: leftPartition(userId), sk: `c#${conversationId}` };
}

/** A domain event that was applied. */
export function eventItemKey(eventId: string): ItemKey {
  return { pk: `e#${eventId}`, sk: 'applied' };
}

/** Marks a user who has deleted their account. */
export function erasedItemKey(userId: string): ItemKey {
  return { pk: `x#${userId}`, sk: 'erased' };
}

/** The scan for departures of earlier builds (departure-backfill.ts): its place, and the replica that runs it. */
export function backfillItemKey(part: 'progress' | 'lease'): ItemKey {
  return { pk: 'departures', sk: part };
}

/** Not in the partition of the user, which is read as a whole to count unread messages. */
export function quotaItemKey(userId: string, action: string): ItemKey {
  return { pk: `q#${userId}`, sk: action };
}

/** Independent of the order of the two users. */
export function directItemKey(one: string, other: string): ItemKey {
  return { pk: `d#${[one, other].sort().join('#')}`, sk: 'direct' };
}

/** The conversation id in the sort key of an item in a user's partition. */
export function conversationIdOf(sk: string): string {
  return sk.slice(2);
}

/** The sort key of a conversation in an inbox. */
export function activityKey(lastActivityAt: string, conversationId: string): string {
  return `${lastActivityAt}#${conversationId}`;
}
