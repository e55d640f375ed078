import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import type { MessageDraft } from './messages/send-plan.js';
import {
  getDirectConversations,
  getConversation,
  getConversations,
  getReads,
} from './conversations/conversation-store.js';
import { type InboxPosition, listInbox } from './inbox/inbox-store.js';
import { type Change, changeParticipants } from './conversations/participant-store.js';
import { getMessages, type MessageKey, findMessageKey } from './messages/message-store.js';
import { createSendQueue } from './messages/send-queue.js';
import { moveReadMark, type MarkTarget, getMarkTarget, unreadTotal } from './read-receipts/read-receipt-store.js';
import type { ConversationRow, MessageRow, ReadsRow } from './conversations/conversation-row.js';
import {
  type NewConversation,
  createConversation,
  type StartResult,
} from './conversations/conversation-start-store.js';

/** What the messaging service asks of its table. Lists by key come in any order, without what is absent. */
export interface MessagingStore {
  conversation(id: string): Promise<ConversationRow | null>;
  conversations(ids: readonly string[]): Promise<ConversationRow[]>;
  reads(ids: readonly string[]): Promise<ReadsRow[]>;
  directConversations(userId: string, others: readonly string[]): Promise<{ other: string; conversationId: string }[]>;
  inbox(userId: string, page: { limit: number; below?: string | undefined; above?: string }): Promise<InboxPosition[]>;
  messages(places: readonly MessageKey[]): Promise<MessageRow[]>;
  messageKey(messageId: string): Promise<MessageKey | null>;
  startConversation(conversation: NewConversation): Promise<StartResult>;
  /** The message, also when it was sent before; null when the sender is no participant. */
  sendMessage(draft: MessageDraft): Promise<MessageRow | null>;
  markTarget(conversationId: string, sequence: number): Promise<MarkTarget>;
  /** Whether the mark moved. */
  moveReadMark(userId: string, at: MessageRow): Promise<boolean>;
  unreadTotal(userId: string): Promise<number>;
  changeParticipants(conversationId: string, change: Change): Promise<{ was: ConversationRow; head: ConversationRow }>;
}

/** @param sent is told every head that grew by messages, once they are stored */
export function createStore(dynamo: Dynamo, sent: (head: ConversationRow) => void): MessagingStore {
  const { send } = createSendQueue(dynamo, sent);
  return {
    conversation: (id) => getConversation(dynamo, id),
    conversations: (ids) => getConversations(dynamo, ids),
    reads: (ids) => getReads(dynamo, ids),
    directConversations: (userId, others) => getDirectConversations(dynamo, userId, others),
    inbox: (userId, page) => listInbox(dynamo, userId, page),
    messages: (places) => getMessages(dynamo, places),
    messageKey: (messageId) => findMessageKey(dynamo, messageId),
    startConversation: (conversation) => createConversation(dynamo, conversation),
    sendMessage: send,
    markTarget: (conversationId, sequence) => getMarkTarget(dynamo, conversationId, sequence),
    moveReadMark: (userId, at) => moveReadMark(dynamo, userId, at),
    unreadTotal: (userId) => unreadTotal(dynamo, userId),
    changeParticipants: (conversationId, change) => changeParticipants(dynamo, conversationId, change),
  };
}
