import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Item } from '../database/batch-get.js';
import { conversationIdOf, userPartition } from '../database/table-keys.js';
import type { ReadMark } from '../read-receipts/read-mark-row.js';

/** The number of unread messages: those after the read mark, minus those that the user sent after it. */
export function unreadCount(lastSequence: number, sent: number, mark: ReadMark | undefined): number {
  return lastSequence - (mark?.upTo ?? 0) - (sent - (mark?.sent ?? 0));
}

/** Counts the unread messages in all conversations of a user by reading their partition, about 5,000 items a request. */
export async function unreadTotal(dynamo: Dynamo, userId: string): Promise<number> {
  const items = await readUserPartition(dynamo, userId);
  const marks = new Map(
    items.filter(isReadMark).map((item) => [conversationIdOf(item.sk), item as unknown as ReadMark]),
  );
  return items
    .filter((item) => !isReadMark(item))
    .map((item) => {
      const { lastSequence, sent, from } = item as unknown as InboxEntry;
      return unreadCount(lastSequence, sent, marks.get(conversationIdOf(item.sk)) ?? from);
    })
    .reduce((total, unread) => total + unread, 0);
}

interface InboxEntry {
  lastSequence: number;
  sent: number;
  /** The read mark with which the user joined. */
  from: ReadMark;
}

function isReadMark({ sk }: Item): boolean {
  return sk.startsWith('r#');
}

async function readUserPartition({ documents, table }: Dynamo, userId: string): Promise<Item[]> {
  const items: Item[] = [];
  let startKey: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await documents.query({
      TableName: table,
      KeyConditionExpression: 'pk = :user',
      ProjectionExpression: 'sk, lastSequence, sent, #from, upTo',
      ExpressionAttributeNames: { '#from': 'from' },
      ExpressionAttributeValues: { ':user': userPartition(userId) },
      ConsistentRead: true,
      ExclusiveStartKey: startKey,
    });
    items.push(...(Items as Item[]));
    startKey = LastEvaluatedKey;
  } while (startKey);
  return items;
}
