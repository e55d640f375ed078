import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { nextMessage } from '../messages/send-plan.js';
import { activityKey, directItemKey, conversationItemKey, inboxItemKey, readsItemKey } from '../database/table-keys.js';
import type { ConversationRow, ConversationKindName, MessageRow, ReadMark } from './conversation-row.js';
import { messageWrite } from '../messages/send-store.js';
import { writeConflict, transact, retryOnConflict, type Write } from '../database/transactions.js';

/** A conversation that is to be started. */
export interface NewConversation {
  conversationId: string;
  kind: ConversationKindName;
  title: string | null;
  jobId: string | null;
  /** At most 50, the one who starts it first. */
  participants: string[];
  startedAt: Date;
  /** What is said at once; a few. */
  messages: readonly { senderId: string; body: string; at: Date }[];
}

/** The conversation that there is now: the new one, or the one that the two had already. */
export interface StartResult {
  conversationId: string;
  /** The head when it is new; null when there was one. */
  head: ConversationRow | null;
}

/** Starts a conversation, unless it is DIRECT and the two have one, or there is one with this id. */
export function createConversation(dynamo: Dynamo, conversation: NewConversation): Promise<StartResult> {
  return retryOnConflict(async () => {
    const pair = pairOf(conversation);
    const known = pair && (await directOf(dynamo, pair));
    if (known) return { conversationId: known, head: null };
    const messages = messagesOf(conversation);
    const head = headOf(conversation, messages);
    const refused = await transact(dynamo, writesOf(dynamo.table, head, messages, pair));
    if (!refused) return { conversationId: head.conversationId, head };
    // Of two who start at the same time, the later one finds the other's at the next attempt.
    if (refused[0]?.Code === 'ConditionalCheckFailed') return { conversationId: head.conversationId, head: null };
    return writeConflict;
  });
}

async function directOf({ documents, table }: Dynamo, [one, other]: Pair): Promise<string | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: table, Key: directItemKey(one, other), ConsistentRead: true }),
  );
  return Item?.['conversationId'] as string | undefined;
}

type Pair = [string, string];

function pairOf({ kind, participants: [one, other] }: NewConversation): Pair | null {
  return kind === 'DIRECT' && one !== undefined && other !== undefined ? [one, other] : null;
}

function messagesOf({ conversationId, startedAt, messages }: NewConversation): MessageRow[] {
  const rows: MessageRow[] = [];
  const nothing = { lastSequence: 0, lastActivityAt: startedAt.toISOString(), sent: {} };
  for (const { senderId, body, at } of messages)
    rows.push(nextMessage({ conversationId, senderId, body }, rows.at(-1) ?? nothing, at));
  return rows;
}

function headOf(conversation: NewConversation, messages: readonly MessageRow[]): ConversationRow {
  const { conversationId, kind, title, jobId, participants, startedAt } = conversation;
  const last = messages.at(-1);
  return {
    conversationId,
    kind,
    ...(title !== null && { title }),
    ...(jobId !== null && { jobId }),
    participants,
    membership: 1,
    lastSequence: last?.sequence ?? 0,
    sent: last?.sent ?? {},
    createdAt: startedAt.toISOString(),
    lastActivityAt: last?.sentAt ?? startedAt.toISOString(),
    ...(last && { lastMessage: last }),
  };
}

function writesOf(
  TableName: string,
  head: ConversationRow,
  messages: readonly MessageRow[],
  pair: Pair | null,
): Write[] {
  const { conversationId, participants } = head;
  const nothingRead: ReadMark = { upTo: 0, sent: 0 };
  const marks = Object.fromEntries(participants.map((userId) => [userId, nothingRead]));
  return [
    putNew(TableName, { ...conversationItemKey(conversationId), ...head }),
    putNew(TableName, { ...readsItemKey(conversationId), conversationId, marks }),
    ...(pair ? [putNew(TableName, { ...directItemKey(...pair), conversationId })] : []),
    ...messages.map((row) => messageWrite(TableName, row)),
    ...participants.map((userId) => inboxEntryWrite(TableName, userId, head, nothingRead)),
  ];
}

function putNew(TableName: string, Item: Record<string, unknown>): Write {
  return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

/** Puts a conversation into an inbox. */
export function inboxEntryWrite(TableName: string, userId: string, head: ConversationRow, from: ReadMark): Write {
  const { conversationId, lastActivityAt, lastSequence, sent } = head;
  const Item = {
    ...inboxItemKey(userId, conversationId),
    inboxOf: userId,
    activity: activityKey(lastActivityAt, conversationId),
    lastSequence,
    sent: sent[userId] ?? 0,
    from: { upTo: from.upTo, sent: from.sent },
  };
  return { Put: { TableName, Item } };
}
