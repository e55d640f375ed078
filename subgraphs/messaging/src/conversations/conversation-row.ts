import type { MessageRow, SentCounts } from '../messages/message-row.js';

/** The item of a conversation, as it is stored. */
export interface ConversationRow {
  conversationId: string;
  kind: 'DIRECT' | 'GROUP';
  title?: string;
  jobId?: string;
  /** The current participants, in the order in which they joined. */
  participants: string[];
  /** Incremented whenever the participants change: a write that read older participants fails its condition. */
  membership: number;
  lastSequence: number;
  sent: SentCounts;
  createdAt: string;
  lastActivityAt: string;
  lastMessage?: MessageRow;
}
