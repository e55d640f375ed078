import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { conversationItemKey, directItemKey, erasedItemKey, readsItemKey } from '../database/table-keys.js';
import { retryOnConflict, transact, type Write, writeConflict } from '../database/transactions.js';
import { startOutboxWrite } from '../event-outbox.js';
import { inboxEntryWrite } from '../inbox/inbox-store.js';
import { type MessageRow, shownMessage } from '../messages/message-row.js';
import { nextMessage } from '../messages/send-plan.js';
import { messageWrite } from '../messages/send-store.js';
import type { ReadMark } from '../read-receipts/read-mark-row.js';
import type { ConversationRow } from './conversation-row.js';
import { accountClosed } from './participant-rules.js';

/** A conversation to create. */
export interface NewConversation {
  conversationId: string;
  kind: ConversationRow['kind'];
  title: string | null;
  jobId: string | null;
  /** At most 50, the user who starts it first. */
  participants: string[];
  startedAt: Date;
  /** The first messages; a few, because all writes share one transaction. */
  messages: readonly { senderId: string; body: string; at: Date }[];
}

/** The outcome of creating a conversation. */
export interface CreateResult {
  /** The id of the new conversation, or of the one that already existed. */
  conversationId: string;
  /** Null if it already existed. */
  created: ConversationRow | null;
}

/** Returns the writes that count a change in the quotas of its user. */
export type CountUses<Change> = (change: Change) => Promise<Write[]>;

/**
 * Creates a conversation unless its id exists or, for a DIRECT one, the two users already share one.
 * @param countUses counts it, unless it exists
 * @throws UNAUTHENTICATED if the user who starts it has deleted their account
 */
export function createConversation(
  dynamo: Dynamo,
  conversation: NewConversation,
  countUses?: CountUses<NewConversation>,
): Promise<CreateResult> {
  return retryOnConflict(async () => {
    const pair = pairOf(conversation);
    const existing = pair && (await findDirectConversation(dynamo, pair));
    if (existing) return { conversationId: existing, created: null };
    const messages = toMessageRows(conversation);
    const created = toConversationRow(conversation, messages);
    const { conversationId } = created;
    const uses = (await countUses?.(conversation)) ?? [];
    const writes = createWrites(dynamo.table, created, messages, pair);
    const cancellation = await transact(dynamo, [...writes, starterCheck(dynamo.table, conversation), ...uses]);
    if (!cancellation) return { conversationId, created };
    if (cancellation[writes.length]?.Code === 'ConditionalCheckFailed') throw accountClosed();
    // The first write fails its condition only if the id exists.
    if (cancellation[0]?.Code === 'ConditionalCheckFailed') return { conversationId, created: null };
    // Another request has just created the DIRECT conversation, which the next attempt finds, or counted uses.
    return writeConflict;
  });
}

async function findDirectConversation({ documents, table }: Dynamo, [one, other]: Pair): Promise<string | undefined> {
  const { Item } = await documents.get({ TableName: table, Key: directItemKey(one, other), ConsistentRead: true });
  return Item?.['conversationId'] as string | undefined;
}

type Pair = [string, string];

function pairOf({ kind, participants: [one, other] }: NewConversation): Pair | null {
  return kind === 'DIRECT' && one !== undefined && other !== undefined ? [one, other] : null;
}

function toMessageRows({ conversationId, startedAt, messages }: NewConversation): MessageRow[] {
  const rows: MessageRow[] = [];
  const empty = { lastSequence: 0, lastActivityAt: startedAt.toISOString(), sent: {} };
  for (const { senderId, body, at } of messages)
    rows.push(nextMessage({ conversationId, senderId, body, clientMessageId: null }, rows.at(-1) ?? empty, at));
  return rows;
}

function toConversationRow(conversation: NewConversation, messages: readonly MessageRow[]): ConversationRow {
  const { conversationId, kind, title, jobId, participants, startedAt } = conversation;
  const last = messages.at(-1);
  return {
    conversationId,
    kind,
    ...(title !== null && { title, titledBy: participants[0] }),
    ...(jobId !== null && { jobId }),
    participants,
    membership: 1,
    lastSequence: last?.sequence ?? 0,
    sent: last?.sent ?? {},
    createdAt: startedAt.toISOString(),
    lastActivityAt: last?.sentAt ?? startedAt.toISOString(),
    ...(last && { lastMessage: shownMessage(last) }),
  };
}

function createWrites(
  TableName: string,
  conversation: ConversationRow,
  messages: readonly MessageRow[],
  pair: Pair | null,
): Write[] {
  const { conversationId, participants } = conversation;
  const nothingRead: ReadMark = { upTo: 0, sent: 0 };
  const marks = Object.fromEntries(participants.map((userId) => [userId, nothingRead]));
  return [
    putNew(TableName, { ...conversationItemKey(conversationId), ...conversation }),
    putNew(TableName, { ...readsItemKey(conversationId), conversationId, marks }),
    ...(pair ? [putNew(TableName, { ...directItemKey(...pair), conversationId })] : []),
    ...messages.map((row) => messageWrite(TableName, row)),
    ...participants.map((userId) => inboxEntryWrite(TableName, userId, conversation, nothingRead)),
    startOutboxWrite(TableName, conversation, messages),
  ];
}

/** The gateway may not know yet that the account of the user is closed. */
function starterCheck(TableName: string, { participants: [userId = ''] }: NewConversation): Write {
  const Key = { ...erasedItemKey(userId) };
  return { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_not_exists(pk)' } };
}

function putNew(TableName: string, Item: Record<string, unknown>): Write {
  return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
}
