import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { type MessageDraft, withMessages, type SendPlan, planSends, epochSeconds } from './send-plan.js';
import { activityKey, conversationItemKey, inboxItemKey, messageItemKey, sendItemKey } from '../database/table-keys.js';
import { getMessages } from './message-store.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';
import { writeConflict, transact, retryOnConflict, type Write } from '../database/transactions.js';

/** What became of a group of drafts. */
export interface SendResult {
  /** In the order of the drafts: null where the sender is no participant. */
  messages: (MessageRow | null)[];
  /** The head with the new messages; null when none is new. */
  head: ConversationRow | null;
}

/** A transaction takes 100 items: the head, an inbox entry for each of 50 participants, a message and a key each. */
export const maxBatch = 24;

/** Seconds for which a send is known by its client's name. */
const keptFor = 24 * 60 * 60;

/** Sends drafts of one conversation: one read, one transaction, and again while other replicas are in the way. */
export function sendDrafts(dynamo: Dynamo, drafts: readonly MessageDraft[]): Promise<SendResult> {
  return retryOnConflict(async () => {
    const plan = await planSends(dynamo, drafts);
    if (plan.fresh.length === 0 || !plan.head) return outcome(dynamo, plan, null);
    const head = withMessages(plan.head, plan.fresh);
    const refused = await transact(dynamo, writesOf(dynamo.table, plan, head));
    return refused ? writeConflict : outcome(dynamo, plan, head);
  });
}

function writesOf(TableName: string, { head: was, fresh, now }: SendPlan, head: ConversationRow): Write[] {
  return [
    headWrite(TableName, was?.lastSequence ?? 0, head),
    ...fresh.map(({ row }) => messageWrite(TableName, row)),
    ...fresh.flatMap(({ draft, row }) => sendWrite(TableName, draft, row, now)),
    ...head.participants.map((userId) => inboxWrite(TableName, userId, head)),
  ];
}

function headWrite(TableName: string, was: number, { conversationId, ...head }: ConversationRow): Write {
  return {
    Update: {
      TableName,
      Key: conversationItemKey(conversationId),
      ConditionExpression: 'lastSequence = :was AND membership = :membership',
      UpdateExpression:
        'SET lastSequence = :sequence, sent = :sent, lastActivityAt = :lastActivityAt, lastMessage = :lastMessage',
      ExpressionAttributeValues: {
        ':was': was,
        ':membership': head.membership,
        ':sequence': head.lastSequence,
        ':sent': head.sent,
        ':lastActivityAt': head.lastActivityAt,
        ':lastMessage': head.lastMessage,
      },
    },
  };
}

export function messageWrite(TableName: string, row: MessageRow): Write {
  const Item = { ...messageItemKey(row.conversationId, row.sequence), ...row };
  return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

function sendWrite(TableName: string, draft: MessageDraft, { sequence }: MessageRow, now: Date): Write[] {
  const { conversationId, senderId, clientMessageId } = draft;
  if (clientMessageId === null) return [];
  const Item = {
    ...sendItemKey(conversationId, senderId, clientMessageId),
    sequence,
    expiresAt: epochSeconds(now) + keptFor,
  };
  const ConditionExpression = 'attribute_not_exists(pk) OR expiresAt <= :now';
  return [{ Put: { TableName, Item, ConditionExpression, ExpressionAttributeValues: { ':now': epochSeconds(now) } } }];
}

function inboxWrite(TableName: string, userId: string, { conversationId, ...head }: ConversationRow): Write {
  return {
    Update: {
      TableName,
      Key: inboxItemKey(userId, conversationId),
      UpdateExpression: 'SET activity = :activity, lastSequence = :sequence, sent = :sent',
      ExpressionAttributeValues: {
        ':activity': activityKey(head.lastActivityAt, conversationId),
        ':sequence': head.lastSequence,
        ':sent': head.sent[userId] ?? 0,
      },
    },
  };
}

/** A draft that was sent before is answered with the message of that time. */
async function outcome(dynamo: Dynamo, plan: SendPlan, head: ConversationRow | null): Promise<SendResult> {
  const rows = new Map(plan.fresh.map(({ row }) => [row.sequence, row]));
  const earlier = plan.sequences.filter((sequence) => sequence !== null && !rows.has(sequence)) as number[];
  const id = plan.head?.conversationId ?? '';
  const places = [...new Set(earlier)].map((sequence) => ({ conversationId: id, sequence }));
  for (const row of await getMessages(dynamo, places)) rows.set(row.sequence, row);
  return {
    messages: plan.sequences.map((sequence) => (sequence === null ? null : (rows.get(sequence) ?? null))),
    head,
  };
}
