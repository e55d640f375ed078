import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import type { MessageDraft } from './send-plan.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';
import { sendDrafts, maxBatch } from './send-store.js';

/** Sends messages. */
export interface SendQueue {
  /** The message, also when it was sent before; null when the sender is no participant. */
  send(draft: MessageDraft): Promise<MessageRow | null>;
}

interface Waiting {
  draft: MessageDraft;
  resolve(message: MessageRow | null): void;
  reject(failure: unknown): void;
}

/**
 * Sends to one conversation stand in line within the process, and those who wait go together in one transaction: so
 * that who writes at the same time is in nobody's way, except between replicas.
 *
 * @param sent is told every head that grew, after the transaction
 */
export function createSendQueue(dynamo: Dynamo, sent: (head: ConversationRow) => void): SendQueue {
  const lines = new Map<string, Waiting[]>();
  return {
    send: (draft) =>
      new Promise((resolve, reject) => {
        const waiting = { draft, resolve, reject };
        const line = lines.get(draft.conversationId);
        if (line) return void line.push(waiting);
        lines.set(draft.conversationId, [waiting]);
        void work(draft.conversationId);
      }),
  };

  async function work(conversationId: string): Promise<void> {
    for (let line = lines.get(conversationId); line && line.length > 0;) await go(line.splice(0, maxBatch));
    lines.delete(conversationId);
  }

  async function go(group: readonly Waiting[]): Promise<void> {
    try {
      const { messages, head } = await sendDrafts(
        dynamo,
        group.map(({ draft }) => draft),
      );
      if (head) sent(head);
      for (const [at, { resolve }] of group.entries()) resolve(messages[at] ?? null);
    } catch (failure) {
      for (const { reject } of group) reject(failure);
    }
  }
}
