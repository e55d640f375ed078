/** The primary key of an item. */
export interface Key {
  pk: string;
  sk: string;
}

export function headKey(conversationId: string): Key {
  return { pk: `c#${conversationId}`, sk: 'head' };
}

export function readsKey(conversationId: string): Key {
  return { pk: `c#${conversationId}`, sk: 'reads' };
}

/** Padded, so that sequences sort as numbers do. */
export function messageKey(conversationId: string, sequence: number): Key {
  return { pk: `c#${conversationId}`, sk: `m#${String(sequence).padStart(10, '0')}` };
}

export function sendKey(conversationId: string, senderId: string, clientMessageId: string): Key {
  return { pk: `c#${conversationId}`, sk: `k#${senderId}#${clientMessageId}` };
}

export function inboxKey(userId: string, conversationId: string): Key {
  return { pk: userPartition(userId), sk: `c#${conversationId}` };
}

export function readMarkKey(userId: string, conversationId: string): Key {
  return { pk: userPartition(userId), sk: `r#${conversationId}` };
}

export function userPartition(userId: string): string {
  return `u#${userId}`;
}

/** The same for both of them. */
export function directKey(one: string, other: string): Key {
  return { pk: `d#${[one, other].sort().join('#')}`, sk: 'direct' };
}

/** The conversation that an item in a user's partition is about. */
export function conversationOf(sk: string): string {
  return sk.slice(2);
}

/** Where a conversation stands in an inbox. */
export function activityOf(lastActivityAt: string, conversationId: string): string {
  return `${lastActivityAt}#${conversationId}`;
}

/** When somebody was active there last. */
export function timeOf(activity: string): string {
  return activity.split('#', 1)[0] ?? '';
}
