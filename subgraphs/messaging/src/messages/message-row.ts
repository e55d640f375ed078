/** The number of messages that each user has sent, by user id. */
export type SentCounts = Readonly<Record<string, number>>;

/** A message, as it is stored. */
export interface MessageRow {
  messageId: string;
  conversationId: string;
  senderId: string;
  body: string;
  sequence: number;
  sentAt: string;
  /** The counts of the conversation including this message. */
  sent: SentCounts;
}
