import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { getConversation } from '../conversations/conversation-store.js';
import { conversationItemKey, erasedItemKey, messageItemKey } from '../database/table-keys.js';
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
 * Replaces the texts of all messages of a user, also in conversations that the user has left. The messages remain, so that
 * the sequence of each conversation has no gaps. Afterwards the user neither sends messages nor starts conversations, also
 * if the gateway does not know yet that the account is closed. Emits `MessagesErased` at the end. Idempotent.
 * @param onErased receives each conversation in which the user has sent messages
 */
export async function eraseMessages(
  dynamo: Dynamo,
  userId: string,
  onErased: (conversation: ConversationRow) => void,
): Promise<void> {
  await dynamo.documents.put({ TableName: dynamo.table, Item: { ...erasedItemKey(userId) } });
  let messages = 0;
  for (const conversationId of await knownConversationIds(dynamo, userId)) {
    const conversation = await closeForSender(dynamo, conversationId, userId);
    if (!conversation) continue;
    messages += await eraseTexts(dynamo, conversation, userId);
    onErased(conversation);
  }
  const event = erasureOutboxWrite(dynamo.table, userId, { messages });
  await dynamo.documents.transactWrite({ TransactItems: [event] });
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
    const after = { ...before, membership: membership + 1, erasedSenders: [...erasedSenders, userId] };
    return (await transact(dynamo, [closingWrite(dynamo.table, before, after, userId)])) ? writeConflict : after;
  });
}

const eraseLast = ', lastMessage.body = :body REMOVE lastMessage.clientMessageId';

/** Conditional on the last sequence, because the text of the last message may be that of the user. */
function closingWrite(TableName: string, before: ConversationRow, after: ConversationRow, userId: string): Write {
  const isLast = before.lastMessage?.senderId === userId;
  return {
    Update: {
      TableName,
      Key: conversationItemKey(before.conversationId),
      ConditionExpression: 'membership = :before AND lastSequence = :sequence',
      UpdateExpression: `SET membership = :after, erasedSenders = :erased${isLast ? eraseLast : ''}`,
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
): Promise<number> {
  if (!sent[userId]) return 0;
  let count = 0;
  for (let from = 1; from <= lastSequence; from += pageSize) {
    const keys = messageKeys(conversationId, from, Math.min(lastSequence, from + pageSize - 1));
    const own = (await getMessages(dynamo, keys)).filter(({ senderId }) => senderId === userId);
    await mapWithConcurrency(own, concurrency, (message) => eraseText(dynamo, message));
    count += own.length;
  }
  await forgetTexts(dynamo, conversationId);
  return count;
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
