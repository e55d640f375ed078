/** The number of messages that each user has sent, by user id. */
export type SentCounts = Readonly<Record<string, number>>;

/** A message, as its readers see it. */
export interface ShownMessage {
  messageId: string;
  conversationId: string;
  senderId: string;
  body: string;
  sequence: number;
  sentAt: string;
  /** The idempotency key that its sender chose, which only the sender sees. */
  clientMessageId?: string;
  /** The W3C trace context of the request that sent it, if its trace is sampled. */
  traceparent?: string;
}

/** A message, as it is stored. */
export interface MessageRow extends ShownMessage {
  /** The counts of the conversation including this message. */
  sent: SentCounts;
}

export function shownMessage({ sent: _, ...shown }: MessageRow): ShownMessage {
  return shown;
}
