import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { getItems } from '../database/batch-get.js';
import { conversationItemKey, messageItemKey, readMarkItemKey, readsItemKey } from '../database/table-keys.js';
import { retryOnConflict, transact, type Write, writeConflict } from '../database/transactions.js';
import type { MessageRow } from '../messages/message-row.js';
import type { ReadMark } from './read-mark-row.js';

/** A conversation and the message to mark as read; null for each that does not exist. */
export interface MarkTarget {
  conversation: ConversationRow | null;
  message: MessageRow | null;
}

export async function getMarkTarget(dynamo: Dynamo, conversationId: string, sequence: number): Promise<MarkTarget> {
  const key = conversationItemKey(conversationId);
  const items = await getItems(dynamo, [key, messageItemKey(conversationId, sequence)]);
  const conversation = items.find(({ sk }) => sk === key.sk) as unknown as ConversationRow | undefined;
  const message = items.find(({ sk }) => sk !== key.sk) as unknown as MessageRow | undefined;
  return { conversation: conversation ?? null, message: message ?? null };
}

/** Moves a user's read mark to a message, never backward. Returns whether it moved. */
export function moveReadMark(
  dynamo: Dynamo,
  userId: string,
  { conversationId, sequence, sent }: MessageRow,
): Promise<boolean> {
  const mark = { upTo: sequence, sent: sent[userId] ?? 0, readAt: new Date().toISOString() };
  return retryOnConflict(async () => {
    const cancellation = await transact(dynamo, markWrites(dynamo.table, conversationId, userId, mark));
    if (!cancellation) return true;
    return cancellation[0]?.Code === 'ConditionalCheckFailed' ? false : writeConflict;
  });
}

/** The condition also fails for a user who has left: they have no mark. */
function markWrites(TableName: string, conversationId: string, userId: string, mark: ReadMark): Write[] {
  return [
    {
      Update: {
        TableName,
        Key: readsItemKey(conversationId),
        ConditionExpression: 'marks.#user.upTo < :upTo',
        UpdateExpression: 'SET marks.#user = :mark ADD changes :one',
        ExpressionAttributeNames: { '#user': userId },
        ExpressionAttributeValues: { ':upTo': mark.upTo, ':mark': mark, ':one': 1 },
      },
    },
    { Put: { TableName, Item: { ...readMarkItemKey(userId, conversationId), ...mark } } },
  ];
}
