import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ExportedRow, ExportedRows, ExportPage } from '@marquee/chassis/graphql/exported-record';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { getConversation, getReads } from '../conversations/conversation-store.js';
import { getItems } from '../database/batch-get.js';
import { quotaItemKey } from '../database/table-keys.js';
import { getMessages, messageKeys } from '../messages/message-store.js';
import { knownConversationIds } from '../people/message-erasure-store.js';
import { quotas } from '../quotas.js';

/** Messages that one batch reads. */
const batchSize = 100;

/** Batches of one page. In a long conversation most messages are those of others. */
const maxBatches = 10;

/** A page while it is read. */
interface Reading {
  dynamo: Dynamo;
  userId: string;
  size: number;
  rows: ExportedRow[];
  batches: number;
}

/**
 * Reads a page of the data that are stored about a user: quotas, and then each conversation, sorted by id, before the messages that
 * the user has sent to it.
 */
export async function readPersonItems(
  dynamo: Dynamo,
  userId: string,
  { size, after }: ExportPage,
): Promise<ExportedRows> {
  const reading: Reading = { dynamo, userId, size, rows: [], batches: 0 };
  if (after === null) reading.rows.push(...(await readQuotas(dynamo, userId)));
  const [lastId = '', lastSequence = ''] = (after?.[1] ?? '').split('#');
  const ids = [...(await knownConversationIds(dynamo, userId))].sort();
  for (const id of ids.filter((known) => known >= lastId)) {
    const isContinued = id === lastId && lastSequence !== '';
    const next = await readConversation(reading, id, isContinued ? Number(lastSequence) : null);
    if (next !== null) return { rows: reading.rows, next: ['message', next] };
  }
  return { rows: reading.rows, next: null };
}

/**
 * @param after the sequence of the last message that was read; null to begin with the conversation itself
 * @returns the position at which the page is full; null if everything was read
 */
async function readConversation(reading: Reading, id: string, after: number | null): Promise<string | null> {
  const { dynamo, userId, rows, size } = reading;
  const conversation = await getConversation(dynamo, id);
  if (!conversation) return null;
  if (after === null && rows.length < size) rows.push(await conversationRecord(dynamo, conversation, userId));
  else if (after === null) return positionBefore(id);
  const { lastSequence } = conversation;
  for (let from = (after ?? 0) + 1; from <= lastSequence && conversation.sent[userId]; from += batchSize) {
    if (rows.length >= size || reading.batches >= maxBatches) return messagePosition(id, from - 1);
    reading.batches += 1;
    const to = Math.min(lastSequence, from + batchSize - 1);
    const messages = await getMessages(dynamo, messageKeys(id, from, to));
    const own = messages.filter(({ senderId }) => senderId === userId);
    for (const { traceparent: _, ...message } of own.sort((one, other) => one.sequence - other.sequence)) {
      if (rows.length >= size) return messagePosition(id, message.sequence - 1);
      rows.push({ kind: 'message', key: messagePosition(id, message.sequence), data: message });
    }
  }
  return null;
}

/** The values of a conversation that concern the user. Participants know each other. */
async function conversationRecord(dynamo: Dynamo, conversation: ConversationRow, userId: string): Promise<ExportedRow> {
  const { conversationId, kind, title, jobId, participants, createdAt, sent, hiddenUpTo } = conversation;
  const [reads] = await getReads(dynamo, [conversationId]);
  const isParticipant = participants.includes(userId);
  const data = {
    ...{ id: conversationId, kind, title, jobId, createdAt, isParticipant, messagesSent: sent[userId] ?? 0 },
    ...(isParticipant && { participants, hiddenUpTo: hiddenUpTo?.[userId], readMark: reads?.marks[userId] }),
  };
  return { kind: 'conversation', key: messagePosition(conversationId, 0), data };
}

async function readQuotas(dynamo: Dynamo, userId: string): Promise<ExportedRow[]> {
  const actions = Object.keys(quotas);
  const items = await getItems(
    dynamo,
    actions.map((action) => quotaItemKey(userId, action)),
  );
  if (items.length === 0) return [];
  const usedUntil = items.map((item) => [item.sk, new Date(Number(item['usedUntil'])).toISOString()]);
  return [{ kind: 'quotas', key: '', data: { usedUntil: Object.fromEntries(usedUntil) as Record<string, string> } }];
}

/** The position of a message. That of its conversation is before its first message. */
function messagePosition(conversationId: string, sequence: number): string {
  return `${conversationId}#${sequence}`;
}

/** A position before the conversation itself, and after every one with a smaller id. */
function positionBefore(conversationId: string): string {
  return `${conversationId}#`;
}
