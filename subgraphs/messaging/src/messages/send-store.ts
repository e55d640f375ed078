import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { activityKey, conversationItemKey, inboxItemKey, messageItemKey, sendItemKey } from '../database/table-keys.js';
import { retryOnConflict, transact, type Write, writeConflict } from '../database/transactions.js';
import { messagesOutboxWrite, type SentMessage } from '../event-outbox.js';
import { epochSeconds, idempotencyKeyExpiry } from './message-retention.js';
import type { MessageRow, ShownMessage } from './message-row.js';
import { getMessages } from './message-store.js';
import { type MessageDraft, type NewMessage, planSends, type SendPlan, withMessages } from './send-plan.js';

/** The outcome of sending a batch of drafts. */
export interface SendResult {
  /** In the order of the drafts; null if the sender is not a participant. */
  messages: (ShownMessage | null)[];
  /** The conversation including the new messages; null if none is new. */
  conversation: ConversationRow | null;
}

/**
 * Drafts sent in one transaction, which takes 100 items: the conversation, its events, an inbox entry for each of 50
 * participants, and two items per draft, the message and its idempotency key.
 */
export const maxBatch = 24;

/**
 * Sends drafts of one conversation with one read and one transaction, and retries when another replica wrote first. Once
 * they are stored, the result is read for senders who have left, too.
 */
export function sendDrafts(dynamo: Dynamo, drafts: readonly MessageDraft[]): Promise<SendResult> {
  return retryOnConflict(async () => {
    const plan = await planSends(dynamo, drafts);
    if (plan.newMessages.length === 0 || !plan.conversation) return sendResult(dynamo, plan, null);
    const conversation = withMessages(plan.conversation, plan.newMessages);
    const cancellation = await transact(dynamo, sendWrites(dynamo.table, plan, conversation));
    return cancellation ? writeConflict : runDetached(() => sendResult(dynamo, plan, conversation));
  });
}

function sendWrites(
  TableName: string,
  { conversation: before, newMessages, now }: SendPlan,
  after: ConversationRow,
): Write[] {
  return [
    conversationWrite(TableName, before?.lastSequence ?? 0, after),
    ...newMessages.map(({ row }) => messageWrite(TableName, row)),
    ...newMessages.flatMap(({ draft, row }) => idempotencyKeyWrite(TableName, draft, row, now)),
    ...after.participants.map((userId) => inboxWrite(TableName, userId, after)),
    messagesOutboxWrite(TableName, after, newMessages.map(toSentMessage)),
  ];
}

function toSentMessage({ draft: { traceparent }, row }: NewMessage): SentMessage {
  return { row, traceparent };
}

function conversationWrite(TableName: string, sequenceBefore: number, after: ConversationRow): Write {
  return {
    Update: {
      TableName,
      Key: conversationItemKey(after.conversationId),
      ConditionExpression: 'lastSequence = :before AND membership = :membership',
      UpdateExpression:
        'SET lastSequence = :sequence, sent = :sent, lastActivityAt = :lastActivityAt, lastMessage = :lastMessage',
      ExpressionAttributeValues: {
        ':before': sequenceBefore,
        ':membership': after.membership,
        ':sequence': after.lastSequence,
        ':sent': after.sent,
        ':lastActivityAt': after.lastActivityAt,
        ':lastMessage': after.lastMessage,
      },
    },
  };
}

export function messageWrite(TableName: string, row: MessageRow): Write {
  const Item = { ...messageItemKey(row.conversationId, row.sequence), ...row };
  return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

function idempotencyKeyWrite(TableName: string, draft: MessageDraft, { sequence }: MessageRow, now: Date): Write[] {
  const { conversationId, senderId, clientMessageId } = draft;
  if (clientMessageId === null) return [];
  const key = sendItemKey(conversationId, senderId, clientMessageId);
  return [
    {
      Put: {
        TableName,
        Item: { ...key, sequence, expiresAt: idempotencyKeyExpiry(now) },
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': epochSeconds(now) },
      },
    },
  ];
}

function inboxWrite(TableName: string, userId: string, conversation: ConversationRow): Write {
  const { conversationId, lastActivityAt, lastSequence, sent } = conversation;
  return {
    Update: {
      TableName,
      Key: inboxItemKey(userId, conversationId),
      UpdateExpression: 'SET activity = :activity, lastSequence = :sequence, sent = :sent',
      ExpressionAttributeValues: {
        ':activity': activityKey(lastActivityAt, conversationId),
        ':sequence': lastSequence,
        ':sent': sent[userId] ?? 0,
      },
    },
  };
}

/** Drafts that were sent before resolve to the message that was stored then, which may have to be read. */
async function sendResult(
  dynamo: Dynamo,
  { conversation: before, sequences, newMessages }: SendPlan,
  conversation: ConversationRow | null,
): Promise<SendResult> {
  const rows = new Map<number, ShownMessage>(newMessages.map(({ row }) => [row.sequence, row]));
  const earlier = sequences.filter((sequence) => sequence !== null && !rows.has(sequence)) as number[];
  const conversationId = before?.conversationId ?? '';
  const keys = [...new Set(earlier)].map((sequence) => ({ conversationId, sequence }));
  for (const row of await getMessages(dynamo, keys)) rows.set(row.sequence, row);
  const messages = sequences.map((sequence) => (sequence === null ? null : (rows.get(sequence) ?? null)));
  return { messages, conversation };
}
