import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { getConversation } from '../conversations/conversation-store.js';
import {
  conversationItemKey,
  erasedItemKey,
  type ItemKey,
  messageItemKey,
  sendItemKey,
} from '../database/table-keys.js';
import { retryOnConflict, transact, type Write, writeConflict } from '../database/transactions.js';
import { erasureOutboxWrite } from '../event-outbox.js';
import { listConversationIds, listLeftConversationIds, readInboxLog } from '../inbox/inbox-log-store.js';
import type { ShownMessage } from '../messages/message-row.js';
import { getMessages, messageKeys } from '../messages/message-store.js';

/** The text of a message whose sender has deleted their account. */
const erasedBody = 'This message was deleted.';

/** Messages that one batch reads. */
const pageSize = 100;

/** Writes that are in flight at the same time. */
const concurrency = 8;

/**
 * Replaces the texts of all messages of a user, also in conversations that the user has left, and removes the titles that the
 * user has given to groups. The messages remain, so that
 * the sequence of each conversation has no gaps. Afterwards the user neither sends messages nor starts conversations, also
 * if the gateway does not know yet that the account is closed. Emits `MessagesErased` at the end. Idempotent: one that is
 * repeated after an interruption replaces only the remaining texts.
 * @param onErased receives each conversation in which the user has sent messages
 */
export async function eraseMessages(
  dynamo: Dynamo,
  userId: string,
  onErased: (conversation: ConversationRow) => void,
): Promise<void> {
  await dynamo.documents.put({ TableName: dynamo.table, Item: { ...erasedItemKey(userId) } });
  let messages = 0;
  for (const conversationId of await knownConversationIds(dynamo, userId))
    messages += await eraseMessagesIn(dynamo, { userId, conversationId, onErased });
  const event = erasureOutboxWrite(dynamo.table, userId, { messages });
  await dynamo.documents.transactWrite({ TransactItems: [event] });
}

/** The messages of a user in one conversation. */
export interface ConversationErasure {
  userId: string;
  conversationId: string;
  /** Receives the conversation, if it exists. */
  onErased: (conversation: ConversationRow) => void;
  /** Ends the erasure between two pages of messages. */
  stopping?: AbortSignal | undefined;
}

/**
 * Replaces the texts of a user in one conversation. Idempotent. Returns the number of messages.
 * @throws the reason of `stopping` once it is aborted
 */
export async function eraseMessagesIn(
  dynamo: Dynamo,
  { userId, conversationId, onErased, stopping }: ConversationErasure,
): Promise<number> {
  const conversation = await closeForSender(dynamo, conversationId, userId);
  if (!conversation) return 0;
  const messages = await eraseTexts(dynamo, conversation, userId, stopping);
  onErased(conversation);
  return messages;
}

/**
 * Every conversation in which the user may have written. Those that the user has left before departures were recorded are
 * in the log of the inbox, or are found by the scan of departure-backfill.ts.
 */
export async function knownConversationIds(dynamo: Dynamo, userId: string): Promise<Set<string>> {
  const [joined, left, logged] = await Promise.all([
    listConversationIds(dynamo, userId),
    listLeftConversationIds(dynamo, userId),
    readInboxLog(dynamo, userId),
  ]);
  return new Set([...joined, ...left, ...logged.changes.map(({ conversationId }) => conversationId)]);
}

/** Afterwards the user sends nothing more to the conversation, and tails forget the messages that they keep in memory. */
function closeForSender(dynamo: Dynamo, conversationId: string, userId: string): Promise<ConversationRow | null> {
  return retryOnConflict(async () => {
    const before = await getConversation(dynamo, conversationId);
    if (!before || before.erasedSenders?.includes(userId)) return before;
    const { membership, erasedSenders = [] } = before;
    const shown = isTitledBy(before, userId) ? withoutTitle(before) : before;
    const after = { ...shown, membership: membership + 1, erasedSenders: [...erasedSenders, userId] };
    return (await transact(dynamo, [closingWrite(dynamo.table, before, after, userId)])) ? writeConflict : after;
  });
}

function withoutTitle({ title: _, titledBy: __, ...conversation }: ConversationRow): ConversationRow {
  return conversation;
}

/** For a title of earlier builds, which recorded no author, the first of the current participants counts as it. */
function isTitledBy({ title, titledBy, participants }: ConversationRow, userId: string): boolean {
  return title !== undefined && (titledBy ?? participants[0]) === userId;
}

/** Conditional on the last sequence, because the text of the last message may be that of the user. */
function closingWrite(TableName: string, before: ConversationRow, after: ConversationRow, userId: string): Write {
  const isLast = before.lastMessage?.senderId === userId;
  const removed = [
    ...(isLast ? ['lastMessage.clientMessageId'] : []),
    ...(isTitledBy(before, userId) ? ['title', 'titledBy'] : []),
  ];
  const remove = removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : '';
  return {
    Update: {
      TableName,
      Key: conversationItemKey(before.conversationId),
      ConditionExpression: 'membership = :before AND lastSequence = :sequence',
      UpdateExpression: `SET membership = :after, erasedSenders = :erased${isLast ? ', lastMessage.body = :body' : ''}${remove}`,
      ExpressionAttributeValues: {
        ':before': before.membership,
        ':sequence': before.lastSequence,
        ':after': after.membership,
        ':erased': after.erasedSenders,
        ...(isLast && { ':body': erasedBody }),
      },
    },
  };
}

/** Returns the number of messages of the user, also if their texts were replaced before. */
async function eraseTexts(
  dynamo: Dynamo,
  { conversationId, lastSequence, sent }: ConversationRow,
  userId: string,
  stopping: AbortSignal | undefined,
): Promise<number> {
  if (!sent[userId]) return 0;
  let count = 0;
  for (let from = 1; from <= lastSequence; from += pageSize) {
    stopping?.throwIfAborted();
    const keys = messageKeys(conversationId, from, Math.min(lastSequence, from + pageSize - 1));
    const own = (await getMessages(dynamo, keys)).filter(({ senderId }) => senderId === userId);
    const remaining = own.filter(({ body, clientMessageId }) => body !== erasedBody || clientMessageId !== undefined);
    await mapWithConcurrency(remaining, concurrency, (message) => eraseText(dynamo, message));
    count += own.length;
  }
  await forgetSends(dynamo, conversationId, userId);
  await forgetTexts(dynamo, conversationId);
  return count;
}

/** The idempotency keys of the user contain texts that their client has chosen. */
async function forgetSends({ documents, table }: Dynamo, conversationId: string, userId: string): Promise<void> {
  const { pk, sk } = sendItemKey(conversationId, userId, '');
  for (let after: Record<string, unknown> | undefined, more = true; more; more = after !== undefined) {
    const { Items = [], LastEvaluatedKey } = await documents.query({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
      ProjectionExpression: 'pk, sk',
      ConsistentRead: true,
      ExclusiveStartKey: after,
    });
    await mapWithConcurrency(Items as ItemKey[], concurrency, ({ sk: key }) =>
      documents.delete({ TableName: table, Key: { pk, sk: key } }),
    );
    after = LastEvaluatedKey;
  }
}

/** Tails that have read messages while their texts were replaced forget them. */
async function forgetTexts({ documents, table }: Dynamo, conversationId: string): Promise<void> {
  await documents.update({
    TableName: table,
    Key: conversationItemKey(conversationId),
    UpdateExpression: 'ADD membership :one',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':one': 1 },
  });
}

async function eraseText({ documents, table }: Dynamo, { conversationId, sequence }: ShownMessage): Promise<void> {
  await documents.update({
    TableName: table,
    Key: messageItemKey(conversationId, sequence),
    UpdateExpression: 'SET body = :body REMOVE clientMessageId',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':body': erasedBody },
  });
}
