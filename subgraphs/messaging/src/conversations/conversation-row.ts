import type { ShownMessage, SentCounts } from '../messages/message-row.js';

/** The item of a conversation, as it is stored. */
export interface ConversationRow {
  conversationId: string;
  kind: 'DIRECT' | 'GROUP';
  title?: string;
  /** The user who has written the title. Absent in conversations of earlier builds. */
  titledBy?: string;
  jobId?: string;
  /** The current participants, in the order in which they joined. */
  participants: string[];
  /** Incremented whenever the participants or earlier texts change: a write that read an older one fails its condition. */
  membership: number;
  /** The sequence up to which messages are hidden from participants who cannot read earlier ones, by user id. */
  hiddenUpTo?: Readonly<Record<string, number>>;
  /** Deleted users: they send nothing more, and their messages have no text. */
  erasedSenders?: readonly string[];
  lastSequence: number;
  sent: SentCounts;
  createdAt: string;
  lastActivityAt: string;
  lastMessage?: ShownMessage;
}
