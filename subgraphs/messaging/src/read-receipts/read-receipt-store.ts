import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { type Item, getItems } from '../database/batch-get.js';
import {
  conversationIdOf,
  conversationItemKey,
  messageItemKey,
  readMarkItemKey,
  readsItemKey,
  userPartition,
} from '../database/table-keys.js';
import type { ConversationRow, MessageRow, ReadMark } from '../conversations/conversation-row.js';
import { writeConflict, transact, retryOnConflict, type Write } from '../database/transactions.js';

/** A conversation as who marks it finds it: `sent` are the counts at the place that is marked. */
export interface MarkTarget {
  head: ConversationRow | null;
  at: MessageRow | null;
}

/** The conversation, and the message up to which it is to be read. */
export async function getMarkTarget(dynamo: Dynamo, conversationId: string, sequence: number): Promise<MarkTarget> {
  const items = await getItems(dynamo, [conversationItemKey(conversationId), messageItemKey(conversationId, sequence)]);
  const head = items.find(({ sk }) => sk === 'head') as unknown as ConversationRow | undefined;
  const at = items.find(({ sk }) => sk !== 'head') as unknown as MessageRow | undefined;
  return { head: head ?? null, at: at ?? null };
}

/** Notes that a user has read up to a message. Whether that was news: a mark never moves back. */
export function moveReadMark(dynamo: Dynamo, userId: string, { conversationId, ...at }: MessageRow): Promise<boolean> {
  const read = { upTo: at.sequence, sent: at.sent[userId] ?? 0, readAt: new Date().toISOString() };
  return retryOnConflict(async () => {
    const refused = await transact(dynamo, writesOf(dynamo.table, conversationId, userId, read));
    if (!refused) return true;
    return refused[0]?.Code === 'ConditionalCheckFailed' ? false : writeConflict;
  });
}

/** Who is no longer a participant has no mark to move. */
function writesOf(TableName: string, conversationId: string, userId: string, read: ReadMark): Write[] {
  return [
    {
      Update: {
        TableName,
        Key: readsItemKey(conversationId),
        ConditionExpression: 'marks.#user.upTo < :upTo',
        UpdateExpression: 'SET marks.#user = :read',
        ExpressionAttributeNames: { '#user': userId },
        ExpressionAttributeValues: { ':upTo': read.upTo, ':read': read },
      },
    },
    { Put: { TableName, Item: { ...readMarkItemKey(userId, conversationId), ...read } } },
  ];
}

/** What a user has not read, of these counts: what came after the mark, less what they sent themselves after it. */
export function unreadOf(lastSequence: number, sent: number, mark: ReadMark | undefined): number {
  return lastSequence - (mark?.upTo ?? 0) - (sent - (mark?.sent ?? 0));
}

/** What a user has not read in all their conversations: one walk through their own partition, some 5,000 a request. */
export async function unreadTotal(dynamo: Dynamo, userId: string): Promise<number> {
  const items = await partitionOf(dynamo, userId);
  const marks = new Map(items.filter(isMark).map((item) => [conversationIdOf(item.sk), item as unknown as ReadMark]));
  return items
    .filter((item) => !isMark(item))
    .map((item) => {
      const { lastSequence, sent, from } = item as unknown as InboxEntry;
      return unreadOf(lastSequence, sent, marks.get(conversationIdOf(item.sk)) ?? from);
    })
    .reduce((total, unread) => total + unread, 0);
}

interface InboxEntry {
  lastSequence: number;
  sent: number;
  from: ReadMark;
}

function isMark({ sk }: Item): boolean {
  return sk.startsWith('r#');
}

async function partitionOf({ documents, table }: Dynamo, userId: string): Promise<Item[]> {
  const items: Item[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :user',
        ProjectionExpression: 'sk, lastSequence, sent, #from, upTo',
        ExpressionAttributeNames: { '#from': 'from' },
        ExpressionAttributeValues: { ':user': userPartition(userId) },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(Items as Item[]));
    from = LastEvaluatedKey;
  } while (from);
  return items;
}
