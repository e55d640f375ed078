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

/** Padded, so that sequences sort as numbers do. */
export function messageItemKey(conversationId: string, sequence: number): ItemKey {
  return { pk: `c#${conversationId}`, sk: `m#${String(sequence).padStart(10, '0')}` };
}

export function sendItemKey(conversationId: string, senderId: string, clientMessageId: string): ItemKey {
  return { pk: `c#${conversationId}`, sk: `k#${senderId}#${clientMessageId}` };
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

/** The same for both of them. */
export function directItemKey(one: string, other: string): ItemKey {
  return { pk: `d#${[one, other].sort().join('#')}`, sk: 'direct' };
}

/** The conversation that an item in a user's partition is about. */
export function conversationIdOf(sk: string): string {
  return sk.slice(2);
}

/** Where a conversation stands in an inbox. */
export function activityKey(lastActivityAt: string, conversationId: string): string {
  return `${lastActivityAt}#${conversationId}`;
}

/** When somebody was active there last. */
export function activityTime(activity: string): string {
  return activity.split('#', 1)[0] ?? '';
}
