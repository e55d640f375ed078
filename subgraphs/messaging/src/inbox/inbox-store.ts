import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Version } from '@marquee/chassis/bus/tail-poll';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
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

/** Bounds of a page of an inbox; `olderThan` takes precedence. */
export interface InboxPage {
  limit: number;
  olderThan?: string | undefined;
  newerThan?: string;
}

/** Lists the conversations of a user, the latest activity first. */
export async function listInbox(
  { documents, table }: Dynamo,
  userId: string,
  { limit, olderThan, newerThan }: InboxPage,
): Promise<InboxPosition[]> {
  const bound = olderThan ?? newerThan;
  const range = bound === undefined ? '' : ` AND activity ${olderThan ? '<' : '>'} :bound`;
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'gsi_inbox',
      KeyConditionExpression: `inboxOf = :user${range}`,
      ExpressionAttributeValues: { ':user': userId, ...(bound !== undefined && { ':bound': bound }) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.map(({ sk, activity }) => ({
    conversationId: conversationIdOf(String(sk)),
    activity: String(activity),
  }));
}

/** Requests for latest activities that are in flight at the same time. */
const concurrency = 4;

/** Reads the latest activity of each user's inbox, without those of empty ones. */
export async function getInboxVersions(dynamo: Dynamo, userIds: readonly string[]): Promise<Map<string, Version>> {
  const latest = await mapWithConcurrency(userIds, concurrency, (userId) => listInbox(dynamo, userId, { limit: 1 }));
  const versions = userIds.map((userId, index) => [userId, latest[index]?.[0]?.activity] as const);
  return new Map(
    versions.flatMap(([userId, activity]) => (activity === undefined ? [] : [[userId, activity] as const])),
  );
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
