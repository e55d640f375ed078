import type { TransactWrite } from '@marquee/chassis/dynamodb/document-client';
import { dynamoOutbox, outboxWrite } from '@marquee/chassis/dynamodb/dynamo-outbox';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { OutboxItem } from '@marquee/chassis/dynamodb/outbox-items';
import type { DomainEvent, EventDefinition } from '@marquee/chassis/events/domain-event';
import type { Outbox } from '@marquee/chassis/events/outbox';
import { currentTraceparent } from '@marquee/chassis/telemetry/tracing';
import { conversationStarted, messageSent } from '@marquee/events/conversation-events';
import { messagesErased } from '@marquee/events/erasure-events';
import { v5 } from 'uuid';
import type { MessageRow } from './messages/message-row.js';
import type { ConversationRow } from './conversations/conversation-row.js';

const keys = { partitionKey: 'pk', sortKey: 'sk', expiryAttribute: 'expiresAt' };

/** The events of the service, for its relay and for people. */
export function eventOutbox(dynamo: Dynamo): Outbox {
  return dynamoOutbox(dynamo, { ...keys, decode });
}

/** A new message, and the trace of the request that sent it. */
export interface SentMessage {
  row: MessageRow;
  traceparent: string | undefined;
}

/** The write of the events of new messages. @param conversation as it is after them */
export function messagesOutboxWrite(
  TableName: string,
  conversation: ConversationRow,
  messages: readonly SentMessage[],
): TransactWrite {
  return toWrite(TableName, conversation, { messages: messages.map((message) => toStored(conversation, message)) });
}

/** The write of the events of a new conversation with its first messages. */
export function startOutboxWrite(
  TableName: string,
  conversation: ConversationRow,
  rows: readonly MessageRow[],
): TransactWrite {
  const traceparent = currentTraceparent();
  return toWrite(TableName, conversation, {
    started: { at: conversation.createdAt, ...(traceparent !== undefined && { traceparent }) },
    messages: rows.map((row) => toStored(conversation, { row, traceparent })),
  });
}

/** The write of the event of an erasure. The event has the same id if the erasure is repeated. */
export function erasureOutboxWrite(
  TableName: string,
  userId: string,
  counts: Readonly<Record<string, number>>,
): TransactWrite {
  const [at, traceparent] = [new Date().toISOString(), currentTraceparent()];
  const id = v5(messagesErased.type, userId);
  const erased: StoredErasure = { id, at, counts, ...(traceparent !== undefined && { traceparent }) };
  return outboxWrite(TableName, keys, { subject: userId, order: `${at}#${userId}`, content: { erased } });
}

interface StoredErasure {
  id: string;
  at: string;
  counts: Readonly<Record<string, number>>;
  traceparent?: string;
}

/** The events of one transaction of a conversation. Their ids are those of the conversation and of the messages. */
interface StoredEvents {
  participants: readonly string[];
  started?: { at: string; traceparent?: string };
  messages: readonly StoredMessage[];
}

interface StoredMessage {
  id: string;
  sequence: number;
  senderId: string;
  isRequest: boolean;
  sentAt: string;
  traceparent?: string;
}

function toWrite(
  TableName: string,
  { conversationId, participants, lastActivityAt, lastSequence }: ConversationRow,
  events: Omit<StoredEvents, 'participants'>,
): TransactWrite {
  const order = `${lastActivityAt}#${conversationId}#${String(lastSequence).padStart(10, '0')}`;
  return outboxWrite(TableName, keys, { subject: conversationId, order, content: { participants, ...events } });
}

function toStored({ kind, participants }: ConversationRow, { row, traceparent }: SentMessage): StoredMessage {
  const { messageId: id, sequence, senderId, sentAt, sent } = row;
  const isAnswered = participants.some((userId) => userId !== senderId && sent[userId] !== undefined);
  return {
    id,
    sequence,
    senderId,
    sentAt,
    isRequest: kind === 'DIRECT' && !isAnswered,
    ...(traceparent !== undefined && { traceparent }),
  };
}

function decode({ subject, content }: OutboxItem): DomainEvent[] {
  if (!('erased' in content)) return conversationEvents(subject, content);
  const { counts, ...erased } = content['erased'] as StoredErasure;
  return [toEvent(messagesErased, subject, { ...erased, data: { userId: subject, counts } })];
}

function conversationEvents(conversationId: string, content: OutboxItem['content']): DomainEvent[] {
  const { participants, started, messages } = content as unknown as StoredEvents;
  const [startedBy = ''] = participants;
  return [
    ...(started
      ? [
          toEvent(conversationStarted, conversationId, {
            ...started,
            id: conversationId,
            data: { conversationId, startedBy, participants },
          }),
        ]
      : []),
    ...messages.map(({ id, sentAt: at, traceparent, ...message }) => {
      const recipients = participants.filter((userId) => userId !== message.senderId);
      const data = { conversationId, ...message, recipients };
      return toEvent(messageSent, conversationId, { id, at, ...(traceparent && { traceparent }), data });
    }),
  ];
}

function toEvent(
  { source, type, version }: EventDefinition,
  subject: string,
  { id, at: time, traceparent, data }: { id: string; at: string; traceparent?: string; data: object },
): DomainEvent {
  return { id, source, type, version, subject, time, ...(traceparent !== undefined && { traceparent }), data };
}
