import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { StoreError, storeErrorOf } from '@marquee/chassis/errors/store-error';
import {
  Cancellation,
  currentRequest,
  runDetached,
  runWithCancellation,
} from '@marquee/chassis/telemetry/request-scope';
import { currentTraceparent } from '@marquee/chassis/telemetry/tracing';
import type { ConversationRow } from '../conversations/conversation-row.js';
import type { ShownMessage } from './message-row.js';
import type { MessageDraft } from './send-plan.js';
import { maxBatch, sendDrafts } from './send-store.js';

interface QueuedSend {
  draft: MessageDraft;
  /** Of the request that sends it. */
  cancellation: Cancellation | undefined;
  resolve(message: ShownMessage | null): void;
  reject(failure: unknown): void;
}

/**
 * One queue per conversation within this process. Sends that arrive while a transaction is running are combined into the
 * next one, so that concurrent senders conflict only across replicas.
 */
export class SendQueue {
  readonly #queues = new Map<string, QueuedSend[]>();

  /** @param onSent receives each conversation with new messages, after its transaction */
  constructor(
    private readonly dynamo: Dynamo,
    private readonly onSent: (conversation: ConversationRow) => void,
  ) {}

  /**
   * Resolves to the stored message, also if it was sent before; null if the sender is not a participant.
   * @throws StoreError `deadline` if the sender left before the message was written, which is not stored then; `unknown` if
   * the table did not confirm it
   */
  send(draft: MessageDraft): Promise<ShownMessage | null> {
    return new Promise((resolve, reject) => {
      const traced = { ...draft, traceparent: currentTraceparent() };
      const queued = { draft: traced, cancellation: currentRequest()?.cancellation, resolve, reject };
      const queue = this.#queues.get(draft.conversationId);
      if (queue) return void enqueue(queue, queued);
      this.#queues.set(draft.conversationId, [queued]);
      void runDetached(() => this.#drain(draft.conversationId));
    });
  }

  async #drain(conversationId: string): Promise<void> {
    const queue = this.#queues.get(conversationId) ?? [];
    while (queue.length > 0) await this.#sendBatch(queue.splice(0, maxBatch));
    this.#queues.delete(conversationId);
  }

  /** Sends a batch without those whose sender has left. If one leaves before it is written, the others are sent again. */
  async #sendBatch(batch: readonly QueuedSend[]): Promise<void> {
    for (let sends = rejectLeft(batch); sends.length > 0;) {
      const failure = await this.#sendTogether(sends);
      if (failure === undefined) return;
      const isInterrupted = storeErrorOf(failure)?.kind === 'deadline' && sends.some(hasLeft);
      if (!isInterrupted) for (const { reject } of sends) reject(failure);
      sends = isInterrupted ? rejectLeft(sends) : [];
    }
  }

  /** Resolves the sends. Returns the error if none of them is written. */
  async #sendTogether(sends: readonly QueuedSend[]): Promise<unknown> {
    const { cancellation, release } = joinCancellations(sends);
    const drafts = sends.map(({ draft }) => draft);
    try {
      const { messages, conversation } = await runWithCancellation(cancellation, () => sendDrafts(this.dynamo, drafts));
      if (conversation) this.onSent(conversation);
      for (const [at, { resolve }] of sends.entries()) resolve(messages[at] ?? null);
      return undefined;
    } catch (failure) {
      return failure ?? new Error('the send failed');
    } finally {
      release();
    }
  }
}

/** A sender who leaves while the send is queued is answered at once. */
function enqueue(queue: QueuedSend[], queued: QueuedSend): void {
  queue.push(queued);
  queued.cancellation?.onCancel(() => {
    const index = queue.indexOf(queued);
    if (index === -1) return;
    queue.splice(index, 1);
    queued.reject(new StoreError('deadline'));
  });
}

function hasLeft({ cancellation }: QueuedSend): boolean {
  return cancellation?.isCancelled ?? false;
}

/** Rejects the sends whose sender has left, and returns the others. */
function rejectLeft(sends: readonly QueuedSend[]): QueuedSend[] {
  for (const { reject } of sends.filter(hasLeft)) reject(new StoreError('deadline'));
  return sends.filter((send) => !hasLeft(send));
}

/** A cancellation that fires with the first of the sends. */
function joinCancellations(sends: readonly QueuedSend[]): { cancellation: Cancellation; release(): void } {
  const joined = new Cancellation();
  const cancel = () => joined.cancel();
  for (const { cancellation } of sends) cancellation?.onCancel(cancel);
  return {
    cancellation: joined,
    release: () => {
      for (const { cancellation } of sends) cancellation?.offCancel(cancel);
    },
  };
}
