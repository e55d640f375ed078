import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { activityKey, conversationIdOf, inboxItemKey } from '../database/table-keys.js';
import type { Write } from '../database/transactions.js';
import type { ReadMark } from '../read-receipts/read-mark-row.js';

/** The position of a conversation in an inbox. */
export interface InboxPosition {
  conversationId: string;
  /** `lastActivityAt` followed by the id: the sort key of the inbox. */
  activity: string;
}

export interface InboxPage {
  limit: number;
  olderThan?: string | undefined;
}

/** Lists the conversations of a user, the latest activity first. */
export async function listInbox(
  { documents, table }: Dynamo,
  userId: string,
  { limit, olderThan }: InboxPage,
): Promise<InboxPosition[]> {
  const range = olderThan === undefined ? '' : ' AND activity < :olderThan';
  const { Items = [] } = await documents.query({
    TableName: table,
    IndexName: 'gsi_inbox',
    KeyConditionExpression: `inboxOf = :user${range}`,
    ExpressionAttributeValues: { ':user': userId, ...(olderThan !== undefined && { ':olderThan': olderThan }) },
    ScanIndexForward: false,
    Limit: limit,
  });
  return Items.map(({ sk, activity }) => ({
    conversationId: conversationIdOf(String(sk)),
    activity: String(activity),
  }));
}

/** Adds a conversation to the inbox of a user. */
export function inboxEntryWrite(
  TableName: string,
  userId: string,
  conversation: ConversationRow,
  joinedAt: ReadMark,
): Write {
  const { conversationId, lastActivityAt, lastSequence, sent } = conversation;
  const Item = {
    ...inboxItemKey(userId, conversationId),
    inboxOf: userId,
    activity: activityKey(lastActivityAt, conversationId),
    lastSequence,
    sent: sent[userId] ?? 0,
    from: { upTo: joinedAt.upTo, sent: joinedAt.sent },
  };
  return { Put: { TableName, Item } };
}
