import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open';

/** Where a conversation stands in somebody's inbox. */
export interface InboxPosition {
  conversationId: string;
  /** `lastActivityAt` with the id behind it: what the inbox is ordered by. */
  activity: string;
}

/** So many places of an inbox, the latest activity first; those before a place, or those after one. */
export async function listInbox(
  { documents, table }: Dynamo,
  userId: string,
  { limit, below, above }: { limit: number; below?: string | undefined; above?: string },
): Promise<InboxPosition[]> {
  const bound = below ?? above;
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'gsi_inbox',
      KeyConditionExpression: `inboxOf = :user${bound === undefined ? '' : ` AND activity ${below ? '<' : '>'} :bound`}`,
      ExpressionAttributeValues: { ':user': userId, ...(bound !== undefined && { ':bound': bound }) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.map(({ sk, activity }) => ({ conversationId: String(sk).slice(2), activity: String(activity) }));
}
