import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import type { Draft } from './group.js';
import type { HeadRow, MessageRow } from './rows.js';
import { commit, mostOfGroup } from './sending.js';

/** Sends messages. */
export interface Outbox {
  /** The message, also when it was sent before; null when the sender is no participant. */
  send(draft: Draft): Promise<MessageRow | null>;
}

interface Waiting {
  draft: Draft;
  resolve(message: MessageRow | null): void;
  reject(failure: unknown): void;
}

/**
 * Sends to one conversation stand in line within the process, and those who wait go together in one transaction: so
 * that who writes at the same time is in nobody's way, except between replicas.
 *
 * @param sent is told every head that grew, after the transaction
 */
export function outbox(dynamo: Dynamo, sent: (head: HeadRow) => void): Outbox {
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
    for (let line = lines.get(conversationId); line && line.length > 0;) await go(line.splice(0, mostOfGroup));
    lines.delete(conversationId);
  }

  async function go(group: readonly Waiting[]): Promise<void> {
    try {
      const { messages, head } = await commit(
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
