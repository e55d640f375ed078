import { leavable } from '@marquee/chassis/bus/leavable';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { isParticipant, mustParticipate } from '../conversations/participant-rules.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';
import type { ConversationTail } from '../live/conversation-tail.js';
import type { TailRegistry } from '../live/tail-registry.js';

/** Messages that are taken from the store at once. */
const stride = 50;

/**
 * The messages of a conversation behind a sequence, or from now on: stored ones, then live ones, each once and in order.
 * It pulls: a slow reader holds nothing but its place. It ends when the reader is no longer a participant.
 */
export function messagesAdded(
  tails: TailRegistry,
  caller: UserCaller,
  conversationId: string,
  after: number | null,
): AsyncIterableIterator<MessageRow> {
  return leavable((signal) => follow(tails, caller, conversationId, after, signal));
}

async function* follow(
  tails: TailRegistry,
  caller: UserCaller,
  conversationId: string,
  after: number | null,
  leaving: AbortSignal,
): AsyncGenerator<MessageRow> {
  const follower = new AbortController();
  leaving.addEventListener('abort', () => follower.abort(), { once: true });
  try {
    const tail = tails.join(conversationId, follower);
    const { lastSequence } = mustParticipate(caller, await tail.poll(), conversationId);
    yield* deliver(tail, caller, after ?? lastSequence, follower.signal);
  } finally {
    follower.abort();
  }
}

async function* deliver(
  tail: ConversationTail,
  { id }: UserCaller,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<MessageRow> {
  let reached = after;
  while (!signal.aborted) {
    const head = await current(tail, reached);
    if (!isParticipant(id, head)) return;
    if (head.lastSequence <= reached) {
      await tail.waitForChange(signal);
      continue;
    }
    for (const message of await tail.messages(reached + 1, Math.min(reached + stride, head.lastSequence))) {
      if (!isParticipant(id, tail.conversation())) return;
      yield message;
      reached = message.sequence;
    }
  }
}

/** Who catches up takes a while: the store says whether they still may. */
async function current(tail: ConversationTail, reached: number): Promise<ConversationRow | null> {
  const head = tail.conversation();
  return (head?.lastSequence ?? 0) > reached + stride ? tail.poll() : head;
}
