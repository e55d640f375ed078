import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import type { Draft } from './group.js';
import { directsOf, headOf, headsOf, readsOf } from './heads.js';
import { type InboxPlace, inboxOf } from './inbox.js';
import { type Change, changeMembers } from './membership.js';
import { messagesAt, type Place, placeOf } from './messages.js';
import { outbox } from './outbox.js';
import { mark, type Marking, markingOf, unreadTotal } from './reading.js';
import type { HeadRow, MessageRow, ReadsRow } from './rows.js';
import { type NewConversation, start, type Started } from './starting.js';

/** What the messaging service asks of its table. Lists by key come in any order, without what is absent. */
export interface MessagingStore {
  head(id: string): Promise<HeadRow | null>;
  heads(ids: readonly string[]): Promise<HeadRow[]>;
  reads(ids: readonly string[]): Promise<ReadsRow[]>;
  directs(userId: string, others: readonly string[]): Promise<{ other: string; conversationId: string }[]>;
  inbox(userId: string, page: { limit: number; below?: string | undefined; above?: string }): Promise<InboxPlace[]>;
  messages(places: readonly Place[]): Promise<MessageRow[]>;
  place(messageId: string): Promise<Place | null>;
  start(conversation: NewConversation): Promise<Started>;
  /** The message, also when it was sent before; null when the sender is no participant. */
  send(draft: Draft): Promise<MessageRow | null>;
  marking(conversationId: string, sequence: number): Promise<Marking>;
  /** Whether the mark moved. */
  mark(userId: string, at: MessageRow): Promise<boolean>;
  unreadTotal(userId: string): Promise<number>;
  changeMembers(conversationId: string, change: Change): Promise<{ was: HeadRow; head: HeadRow }>;
}

/** @param sent is told every head that grew by messages, once they are stored */
export function createStore(dynamo: Dynamo, sent: (head: HeadRow) => void): MessagingStore {
  const { send } = outbox(dynamo, sent);
  return {
    head: (id) => headOf(dynamo, id),
    heads: (ids) => headsOf(dynamo, ids),
    reads: (ids) => readsOf(dynamo, ids),
    directs: (userId, others) => directsOf(dynamo, userId, others),
    inbox: (userId, page) => inboxOf(dynamo, userId, page),
    messages: (places) => messagesAt(dynamo, places),
    place: (messageId) => placeOf(dynamo, messageId),
    start: (conversation) => start(dynamo, conversation),
    send,
    marking: (conversationId, sequence) => markingOf(dynamo, conversationId, sequence),
    mark: (userId, at) => mark(dynamo, userId, at),
    unreadTotal: (userId) => unreadTotal(dynamo, userId),
    changeMembers: (conversationId, change) => changeMembers(dynamo, conversationId, change),
  };
}
