import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { isSampledTrace } from '@marquee/chassis/telemetry/tracing';
import { v7 as uuid } from 'uuid';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { getItems } from '../database/batch-get.js';
import { conversationItemKey, erasedItemKey, sendItemKey } from '../database/table-keys.js';
import { isExpired } from './message-retention.js';
import { type MessageRow, shownMessage } from './message-row.js';

/** A message to send. */
export interface MessageDraft {
  conversationId: string;
  senderId: string;
  body: string;
  /** The client's idempotency key. */
  clientMessageId: string | null;
  /** The trace of the request that sends it. */
  traceparent?: string | undefined;
}

/** How to store a batch of drafts of one conversation, given its current state. */
export interface SendPlan {
  conversation: ConversationRow | null;
  /** The sequence of each draft, new or from an earlier send; null if the sender is not a participant. */
  sequences: (number | null)[];
  newMessages: NewMessage[];
  now: Date;
}

export interface NewMessage {
  draft: MessageDraft;
  row: MessageRow;
}

export async function planSends(dynamo: Dynamo, drafts: readonly MessageDraft[]): Promise<SendPlan> {
  const now = new Date();
  const { conversation, sequenceByKey, erased } = await readState(dynamo, drafts, now);
  const newMessages: NewMessage[] = [];
  const sequences = drafts.map((draft) => {
    if (!conversation || erased.has(draft.senderId) || !maySend(draft.senderId, conversation)) return null;
    const key = idempotencyKey(draft);
    const known = key === null ? undefined : sequenceByKey.get(key);
    if (known !== undefined) return known;
    const row = nextMessage(draft, newMessages.at(-1)?.row ?? conversation, now);
    if (key !== null) sequenceByKey.set(key, row.sequence);
    newMessages.push({ draft, row });
    return row.sequence;
  });
  return { conversation, sequences, newMessages, now };
}

function maySend(userId: string, { participants, erasedSenders = [] }: ConversationRow): boolean {
  return participants.includes(userId) && !erasedSenders.includes(userId);
}

/** Reads the conversation, the sequences that earlier sends with these idempotency keys were given, and the erased senders. */
async function readState(dynamo: Dynamo, drafts: readonly MessageDraft[], now: Date) {
  const key = conversationItemKey(drafts[0]?.conversationId ?? '');
  const idempotencyKeys = new Set(drafts.map(idempotencyKey).filter((sk) => sk !== null));
  const senders = [...new Set(drafts.map(({ senderId }) => senderId))];
  const sendKeys = [...idempotencyKeys].map((sk) => ({ pk: key.pk, sk }));
  const found = await getItems(dynamo, [key, ...sendKeys, ...senders.map(erasedItemKey)]);
  const items = found.filter(({ pk }) => pk === key.pk);
  const partitions = new Set(found.map(({ pk }) => pk));
  const conversation = items.find(({ sk }) => sk === key.sk) as unknown as ConversationRow | undefined;
  const sends = items.filter(({ sk, expiresAt }) => sk !== key.sk && !isExpired(Number(expiresAt), now));
  return {
    conversation: conversation ?? null,
    sequenceByKey: new Map(sends.map(({ sk, sequence }) => [sk, Number(sequence)])),
    erased: new Set(senders.filter((userId) => partitions.has(erasedItemKey(userId).pk))),
  };
}

function idempotencyKey({ conversationId, senderId, clientMessageId }: MessageDraft): string | null {
  return clientMessageId === null ? null : sendItemKey(conversationId, senderId, clientMessageId).sk;
}

/**
 * The row of the message that follows another one, or the last one of a conversation. Clocks of replicas differ:
 * `sentAt` is never earlier than that of the message before.
 */
export function nextMessage(
  { conversationId, senderId, body, clientMessageId, traceparent }: MessageDraft,
  last: MessageRow | Pick<ConversationRow, 'lastSequence' | 'lastActivityAt' | 'sent'>,
  at: Date,
): MessageRow {
  const [sequence, lastSentAt] =
    'sequence' in last ? [last.sequence, last.sentAt] : [last.lastSequence, last.lastActivityAt];
  const now = at.toISOString();
  return {
    messageId: uuid({ msecs: at.getTime() }),
    conversationId,
    senderId,
    body,
    sequence: sequence + 1,
    sentAt: now > lastSentAt ? now : lastSentAt,
    ...(clientMessageId !== null && { clientMessageId }),
    ...(isSampledTrace(traceparent) && { traceparent }),
    sent: { ...last.sent, [senderId]: (last.sent[senderId] ?? 0) + 1 },
  };
}

/** The conversation including the new messages. */
export function withMessages(conversation: ConversationRow, newMessages: readonly NewMessage[]): ConversationRow {
  const last = newMessages.at(-1)?.row;
  if (!last) return conversation;
  const { sequence: lastSequence, sent, sentAt: lastActivityAt } = last;
  return { ...conversation, lastSequence, sent, lastActivityAt, lastMessage: shownMessage(last) };
}
