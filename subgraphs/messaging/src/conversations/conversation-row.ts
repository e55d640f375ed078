export type ConversationKindName = 'DIRECT' | 'GROUP';

/** How many messages each user has sent, by user id. */
export type SentCounts = Readonly<Record<string, number>>;

/** The head of a conversation. */
export interface ConversationRow {
  conversationId: string;
  kind: ConversationKindName;
  title?: string;
  jobId?: string;
  /** Those who are in it now, in the order in which they came. */
  participants: string[];
  /** Rises whenever the participants change, so that a write which counted on them fails. */
  membership: number;
  lastSequence: number;
  sent: SentCounts;
  createdAt: string;
  lastActivityAt: string;
  lastMessage?: MessageRow;
}

export interface MessageRow {
  messageId: string;
  conversationId: string;
  senderId: string;
  body: string;
  sequence: number;
  sentAt: string;
  /** As the head's were with this message. */
  sent: SentCounts;
}

/** How far somebody has read: a place where they came in, until they mark one. */
export interface ReadMark {
  upTo: number;
  /** How many of the messages up to there are their own. */
  sent: number;
  readAt?: string;
}

export interface ReadsRow {
  conversationId: string;
  marks: Readonly<Record<string, ReadMark>>;
}
