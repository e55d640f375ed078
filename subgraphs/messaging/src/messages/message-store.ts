import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { getItems } from '../database/batch-get.js';
import { messageItemKey } from '../database/table-keys.js';
import type { MessageRow } from '../conversations/conversation-row.js';

/** Where a message is. */
export interface MessageKey {
  conversationId: string;
  sequence: number;
}

/** The messages at these places, in any order; absent ones are left out. */
export async function getMessages(dynamo: Dynamo, places: readonly MessageKey[]): Promise<MessageRow[]> {
  const keys = places.map(({ conversationId, sequence }) => messageItemKey(conversationId, sequence));
  return (await getItems(dynamo, keys)) as unknown as MessageRow[];
}

/** The places from one sequence to another, both included. */
export function messageKeys(conversationId: string, from: number, to: number): MessageKey[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => ({ conversationId, sequence: from + at }));
}

/** Where the message with this id is; null when there is none. */
export async function findMessageKey({ documents, table }: Dynamo, messageId: string): Promise<MessageKey | null> {
  const { Items } = await documents.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'gsi_message',
      KeyConditionExpression: 'messageId = :id',
      ExpressionAttributeValues: { ':id': messageId },
      Limit: 1,
    }),
  );
  const key = Items?.[0];
  return key ? { conversationId: String(key['pk']).slice(2), sequence: Number(String(key['sk']).slice(2)) } : null;
}
