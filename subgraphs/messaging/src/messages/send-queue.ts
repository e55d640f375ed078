import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ConversationRow } from '../conversations/conversation-row.js';
import type { MessageRow } from './message-row.js';
import type { MessageDraft } from './send-plan.js';
import { maxBatch, sendDrafts } from './send-store.js';

/** Sends messages, one batch per conversation at a time. */
export interface SendQueue {
  /** Resolves to the stored message, also if it was sent before; null if the sender is not a participant. */
  send(draft: MessageDraft): Promise<MessageRow | null>;
}

interface QueuedSend {
  draft: MessageDraft;
  resolve(message: MessageRow | null): void;
  reject(failure: unknown): void;
}

/**
 * Creates one queue per conversation within this process. Sends that arrive while a transaction is running are combined
 * into the next one, so that concurrent senders conflict only across replicas.
 *
 * @param onSent receives each conversation with new messages, after its transaction
 */
export function createSendQueue(dynamo: Dynamo, onSent: (conversation: ConversationRow) => void): SendQueue {
  const queues = new Map<string, QueuedSend[]>();
  return {
    send: (draft) =>
      new Promise((resolve, reject) => {
        const queued = { draft, resolve, reject };
        const queue = queues.get(draft.conversationId);
        if (queue) return void queue.push(queued);
        queues.set(draft.conversationId, [queued]);
        void drain(draft.conversationId);
      }),
  };

  async function drain(conversationId: string): Promise<void> {
    for (let queue = queues.get(conversationId); queue && queue.length > 0;) await sendBatch(queue.splice(0, maxBatch));
    queues.delete(conversationId);
  }

  async function sendBatch(batch: readonly QueuedSend[]): Promise<void> {
    try {
      const { messages, conversation } = await sendDrafts(
        dynamo,
        batch.map(({ draft }) => draft),
      );
      if (conversation) onSent(conversation);
      for (const [at, { resolve }] of batch.entries()) resolve(messages[at] ?? null);
    } catch (failure) {
      for (const { reject } of batch) reject(failure);
    }
  }
}
