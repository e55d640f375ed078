/** How far a user has read. Until they mark a message, this is the position at which they joined. */
export interface ReadMark {
  upTo: number;
  /** The number of messages up to that position that they sent themselves. */
  sent: number;
  /** Absent until they mark a message. */
  readAt?: string;
}

/** The read marks of all participants of a conversation, by user id. */
export interface ReadsRow {
  conversationId: string;
  marks: Readonly<Record<string, ReadMark>>;
  /** How often a mark has moved. Absent until one has. */
  changes?: number;
}
