/** What readers ask for: a message, and what two other services complete it with. */
export const messageFields = 'sequence body sender { displayName } conversation { job { title } }';

/** A message as it was read from the store, or as a subscriber received it. */
export interface MessageContent {
  sequence: number;
  body: string;
  /** Completed by the users service. */
  sender: { displayName: string } | null;
  /** Completed by the jobs service. */
  conversation: { job: { title: string } | null };
}

/** Whether two readers of the same message have the same content. */
export function hasSameContent(one: MessageContent, other: MessageContent | undefined): boolean {
  return other !== undefined && describeContent(one) === describeContent(other);
}

/** The content in one line. */
export function describeContent({ sequence, body, sender, conversation }: MessageContent): string {
  return `${sequence} "${body}" by ${sender?.displayName ?? 'nobody known'} about ${conversation.job?.title ?? 'no job'}`;
}
