import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { KeysetPage } from '@marquee/chassis/paging/relay-connection';
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

/** One page of an inbox. The sort key is that of `InboxPosition`. */
export type InboxPage = KeysetPage<string>;

/** Before and after all sort keys, which begin with a time. */
const [firstActivity, lastActivity] = ['0', '~'];

/** Lists conversations of a user, the latest activity first; backward, in the opposite order. */
export async function listInbox(
  { documents, table }: Dynamo,
  userId: string,
  { limit, after, before, isBackward }: InboxPage,
): Promise<InboxPosition[]> {
  const [oldest, latest] = [before ?? firstActivity, after ?? lastActivity];
  // DynamoDB rejects such a range.
  if (oldest > latest) return [];
  const { Items = [] } = await documents.query({
    TableName: table,
    IndexName: 'gsi_inbox',
    KeyConditionExpression: 'inboxOf = :user AND activity BETWEEN :oldest AND :latest',
    ExpressionAttributeValues: { ':user': userId, ':oldest': oldest, ':latest': latest },
    ScanIndexForward: isBackward,
    // BETWEEN includes the rows of the cursors.
    Limit: limit + (after === null ? 0 : 1) + (before === null ? 0 : 1),
  });
  const between = Items.filter(({ activity }) => activity !== after && activity !== before);
  return between.slice(0, limit).map(({ sk, activity }) => ({
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
