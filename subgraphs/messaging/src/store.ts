import type { Version } from '@marquee/chassis/bus/tail-poll';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ExportedRows, ExportPage } from '@marquee/chassis/graphql/exported-record';
import { type DynamoQuotas, dynamoQuotas } from '@marquee/chassis/quotas/dynamo-quotas';
import { quotas as quotaTable } from './quotas.js';
import { quotaItemKey } from './database/table-keys.js';
import type { ConversationRow } from './conversations/conversation-row.js';
import {
  createConversation,
  type CreateResult,
  type NewConversation,
} from './conversations/conversation-start-store.js';
import {
  type DirectConversation,
  getConversation,
  getConversations,
  getConversationVersions,
  getDirectConversations,
  getReads,
} from './conversations/conversation-store.js';
import {
  changeParticipants,
  type ParticipantChange,
  type ParticipantOptions,
} from './conversations/participant-store.js';
import {
  appendInboxChanges,
  type InboxChange,
  type InboxLog,
  listConversationIds,
  readInboxLog,
} from './inbox/inbox-log-store.js';
import { getInboxConversations, getInboxVersions, type InboxConversation } from './inbox/inbox-versions.js';
import { type InboxPage, type InboxPosition, listInbox } from './inbox/inbox-store.js';
import { unreadTotal } from './inbox/unread-store.js';
import type { MessageRow, ShownMessage } from './messages/message-row.js';
import { findMessageKey, getMessages, type MessageKey } from './messages/message-store.js';
import type { MessageDraft } from './messages/send-plan.js';
import { SendQueue } from './messages/send-queue.js';
import { readPersonItems } from './exports/export-store.js';
import { eraseMessages } from './people/message-erasure-store.js';
import type { ReadsRow } from './read-receipts/read-mark-row.js';
import { getMarkTarget, type MarkTarget, moveReadMark } from './read-receipts/read-receipt-store.js';

/** Every request to the table, by intention. Lists by key come in any order, without what does not exist. */
export interface MessagingStore {
  conversation(id: string): Promise<ConversationRow | null>;
  /** @param userId omits the counts of participants other than this one */
  conversations(ids: readonly string[], userId?: string): Promise<ConversationRow[]>;
  conversationVersions(ids: readonly string[]): Promise<Map<string, Version>>;
  directConversations(userId: string, otherUserIds: readonly string[]): Promise<DirectConversation[]>;
  createConversation(conversation: NewConversation): Promise<CreateResult>;
  /** The same for a user, the first participant. @throws RATE_LIMITED if there is no quota for it */
  startConversation(conversation: NewConversation): Promise<CreateResult>;
  /** @throws RATE_LIMITED if the user has no quota for the users who join */
  changeParticipants(
    userId: string,
    conversationId: string,
    change: ParticipantChange,
    options?: Pick<ParticipantOptions, 'shareHistory'>,
  ): Promise<ConversationRow>;
  reads(conversationIds: readonly string[]): Promise<ReadsRow[]>;
  markTarget(conversationId: string, sequence: number): Promise<MarkTarget>;
  /** Returns whether the mark moved. */
  moveReadMark(userId: string, message: MessageRow): Promise<boolean>;
  inbox(userId: string, page: InboxPage): Promise<InboxPosition[]>;
  /** The ids of all conversations of a user. */
  conversationIds(userId: string): Promise<string[]>;
  inboxLog(userId: string): Promise<InboxLog>;
  inboxConversations(ids: readonly string[]): Promise<InboxConversation[]>;
  /** Reads a version of each user's inbox. @param known the conversations that the user is known to have */
  inboxVersions(known: ReadonlyMap<string, readonly string[]>): Promise<Map<string, Version>>;
  /** Returns false if another replica has appended changes after `last`. */
  appendInboxChanges(userId: string, last: number, changes: readonly InboxChange[]): Promise<boolean>;
  unreadTotal(userId: string): Promise<number>;
  messages(keys: readonly MessageKey[]): Promise<ShownMessage[]>;
  messageKey(messageId: string): Promise<MessageKey | null>;
  /** Replaces the texts of all messages of a user. Idempotent. @param onErased receives each conversation of the user */
  eraseMessages(userId: string, onErased: (conversation: ConversationRow) => void): Promise<void>;
  /** Reads a page of the data that are stored about a user, for the export of their data. */
  recordsOf(userId: string, page: ExportPage): Promise<ExportedRows>;
  /** Returns the stored message, also if it was sent before; null if the sender is not a participant. */
  sendMessage(draft: MessageDraft): Promise<ShownMessage | null>;
}

/**
 * @param onSent receives each conversation with new messages, once they are stored
 * @param factor multiplies the quotas of all actions; 0 for none
 */
export function createStore(
  dynamo: Dynamo,
  onSent: (conversation: ConversationRow) => void,
  factor = 1,
): MessagingStore {
  const quotas = dynamoQuotas(dynamo, { quotas: quotaTable, factor, key: quotaItemKey, expiryAttribute: 'expiresAt' });
  const sendQueue = new SendQueue(dynamo, onSent);
  return {
    conversation: (id) => getConversation(dynamo, id),
    conversations: (ids, userId) => getConversations(dynamo, ids, userId),
    conversationVersions: (ids) => getConversationVersions(dynamo, ids),
    directConversations: (userId, otherUserIds) => getDirectConversations(dynamo, userId, otherUserIds),
    createConversation: (conversation) => createConversation(dynamo, conversation),
    startConversation: (conversation) => createConversation(dynamo, conversation, (started) => usesOf(started, quotas)),
    changeParticipants: (userId, conversationId, change, options) => {
      const countUses = (joined: number) => quotas.writes(userId, 'participant', joined);
      return changeParticipants(dynamo, conversationId, change, { ...options, countUses });
    },
    reads: (conversationIds) => getReads(dynamo, conversationIds),
    markTarget: (conversationId, sequence) => getMarkTarget(dynamo, conversationId, sequence),
    moveReadMark: (userId, message) => moveReadMark(dynamo, userId, message),
    inbox: (userId, page) => listInbox(dynamo, userId, page),
    ...inboxLogStore(dynamo),
    ...personStore(dynamo),
    unreadTotal: (userId) => unreadTotal(dynamo, userId),
    messages: (keys) => getMessages(dynamo, keys),
    messageKey: (messageId) => findMessageKey(dynamo, messageId),
    sendMessage: (draft) => sendQueue.send(draft),
  };
}

/** The uses that a user who starts a conversation is charged. */
async function usesOf(
  { kind, participants: [userId = '', ...others] }: NewConversation,
  quotas: DynamoQuotas<keyof typeof quotaTable>,
) {
  return [
    ...(await quotas.writes(userId, 'conversation')),
    ...(await quotas.writes(userId, 'participant', kind === 'GROUP' ? others.length : 0)),
  ];
}

type InboxLogRequest = 'conversationIds' | 'inboxLog' | 'inboxConversations' | 'inboxVersions' | 'appendInboxChanges';

function inboxLogStore(dynamo: Dynamo): Pick<MessagingStore, InboxLogRequest> {
  return {
    conversationIds: (userId) => listConversationIds(dynamo, userId),
    inboxLog: (userId) => readInboxLog(dynamo, userId),
    inboxConversations: (ids) => getInboxConversations(dynamo, ids),
    inboxVersions: (known) => getInboxVersions(dynamo, known),
    appendInboxChanges: (userId, last, changes) => appendInboxChanges(dynamo, userId, last, changes),
  };
}

function personStore(dynamo: Dynamo): Pick<MessagingStore, 'eraseMessages' | 'recordsOf'> {
  return {
    eraseMessages: (userId, onErased) => eraseMessages(dynamo, userId, onErased),
    recordsOf: (userId, page) => readPersonItems(dynamo, userId, page),
  };
}
