import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { type Draft, grown, type Plan, planOf, seconds } from './group.js';
import { activityOf, headKey, inboxKey, messageKey, sendKey } from './keys.js';
import { messagesAt } from './messages.js';
import type { HeadRow, MessageRow } from './rows.js';
import { contended, transact, untilUncontended, type Write } from './transact.js';

/** What became of a group of drafts. */
export interface Sent {
  /** In the order of the drafts: null where the sender is no participant. */
  messages: (MessageRow | null)[];
  /** The head with the new messages; null when none is new. */
  head: HeadRow | null;
}

/** A transaction takes 100 items: the head, an inbox entry for each of 50 participants, a message and a key each. */
export const mostOfGroup = 24;

/** Seconds for which a send is known by its client's name. */
const keptFor = 24 * 60 * 60;

/** Sends drafts of one conversation: one read, one transaction, and again while other replicas are in the way. */
export function commit(dynamo: Dynamo, drafts: readonly Draft[]): Promise<Sent> {
  return untilUncontended(async () => {
    const plan = await planOf(dynamo, drafts);
    if (plan.fresh.length === 0 || !plan.head) return outcome(dynamo, plan, null);
    const head = grown(plan.head, plan.fresh);
    const refused = await transact(dynamo, writesOf(dynamo.table, plan, head));
    return refused ? contended : outcome(dynamo, plan, head);
  });
}

function writesOf(TableName: string, { head: was, fresh, now }: Plan, head: HeadRow): Write[] {
  return [
    headWrite(TableName, was?.lastSequence ?? 0, head),
    ...fresh.map(({ row }) => messageWrite(TableName, row)),
    ...fresh.flatMap(({ draft, row }) => sendWrite(TableName, draft, row, now)),
    ...head.participants.map((userId) => inboxWrite(TableName, userId, head)),
  ];
}

function headWrite(TableName: string, was: number, { conversationId, ...head }: HeadRow): Write {
  return {
    Update: {
      TableName,
      Key: headKey(conversationId),
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
  const Item = { ...messageKey(row.conversationId, row.sequence), ...row };
  return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

function sendWrite(TableName: string, draft: Draft, { sequence }: MessageRow, now: Date): Write[] {
  const { conversationId, senderId, clientMessageId } = draft;
  if (clientMessageId === null) return [];
  const Item = { ...sendKey(conversationId, senderId, clientMessageId), sequence, expiresAt: seconds(now) + keptFor };
  const ConditionExpression = 'attribute_not_exists(pk) OR expiresAt <= :now';
  return [{ Put: { TableName, Item, ConditionExpression, ExpressionAttributeValues: { ':now': seconds(now) } } }];
}

function inboxWrite(TableName: string, userId: string, { conversationId, ...head }: HeadRow): Write {
  return {
    Update: {
      TableName,
      Key: inboxKey(userId, conversationId),
      UpdateExpression: 'SET activity = :activity, lastSequence = :sequence, sent = :sent',
      ExpressionAttributeValues: {
        ':activity': activityOf(head.lastActivityAt, conversationId),
        ':sequence': head.lastSequence,
        ':sent': head.sent[userId] ?? 0,
      },
    },
  };
}

/** A draft that was sent before is answered with the message of that time. */
async function outcome(dynamo: Dynamo, plan: Plan, head: HeadRow | null): Promise<Sent> {
  const rows = new Map(plan.fresh.map(({ row }) => [row.sequence, row]));
  const earlier = plan.sequences.filter((sequence) => sequence !== null && !rows.has(sequence)) as number[];
  const id = plan.head?.conversationId ?? '';
  const places = [...new Set(earlier)].map((sequence) => ({ conversationId: id, sequence }));
  for (const row of await messagesAt(dynamo, places)) rows.set(row.sequence, row);
  return {
    messages: plan.sequences.map((sequence) => (sequence === null ? null : (rows.get(sequence) ?? null))),
    head,
  };
}
