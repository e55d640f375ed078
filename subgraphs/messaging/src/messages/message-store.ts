import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { messageItemKey } from '../database/table-keys.js';
import type { ShownMessage } from './message-row.js';

/** Identifies a message within the table. */
export interface MessageKey {
  conversationId: string;
  sequence: number;
}

/**
 * Reads messages by key, in any order, without those that do not exist. The counts of up to 50 participants stay in the
 * store: decoding them would take longer than the rest of a message.
 */
export async function getMessages(dynamo: Dynamo, keys: readonly MessageKey[]): Promise<ShownMessage[]> {
  const itemKeys = keys.map(({ conversationId, sequence }) => ({ ...messageItemKey(conversationId, sequence) }));
  const attributes = [...shownAttributes, 'traceparent'] satisfies (keyof ShownMessage)[];
  return readBatch<ShownMessage>(dynamo, itemKeys, { consistent: true, attributes });
}

/** The attributes that readers see. */
export const shownAttributes = [
  'messageId',
  'conversationId',
  'senderId',
  'body',
  'sequence',
  'sentAt',
  'clientMessageId',
] as const satisfies (keyof ShownMessage)[];

/** The keys of the messages from one sequence to another, inclusive. */
export function messageKeys(conversationId: string, from: number, to: number): MessageKey[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => ({ conversationId, sequence: from + at }));
}

/** Finds the key of a message by its id; null if it does not exist. */
export async function findMessageKey({ documents, table }: Dynamo, messageId: string): Promise<MessageKey | null> {
  const { Items } = await documents.query({
    TableName: table,
    IndexName: 'gsi_message',
    KeyConditionExpression: 'messageId = :id',
    ExpressionAttributeValues: { ':id': messageId },
    Limit: 1,
  });
  const key = Items?.[0];
  return key ? { conversationId: String(key['pk']).slice(2), sequence: Number(String(key['sk']).slice(2)) } : null;
}
