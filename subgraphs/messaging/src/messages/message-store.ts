import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { getItems } from '../database/batch-get.js';
import { messageItemKey } from '../database/table-keys.js';
import type { MessageRow } from './message-row.js';

/** Identifies a message within the table. */
export interface MessageKey {
  conversationId: string;
  sequence: number;
}

/** Reads messages by key, in any order, without those that do not exist. */
export async function getMessages(dynamo: Dynamo, keys: readonly MessageKey[]): Promise<MessageRow[]> {
  const itemKeys = keys.map(({ conversationId, sequence }) => messageItemKey(conversationId, sequence));
  return (await getItems(dynamo, itemKeys)) as unknown as MessageRow[];
}

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
