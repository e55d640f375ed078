import { leavable } from '@marquee/chassis/bus/leavable';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { isParticipant, mustParticipate } from '../rules/access.js';
import type { HeadRow, MessageRow } from '../store/rows.js';
import type { Tail } from './tail.js';
import type { Tails } from './tails.js';

/** Messages that are taken from the store at once. */
const stride = 50;

/**
 * The messages of a conversation behind a sequence, or from now on: stored ones, then live ones, each once and in order.
 * It pulls: a slow reader holds nothing but its place. It ends when the reader is no longer a participant.
 */
export function messagesAdded(
  tails: Tails,
  caller: UserCaller,
  conversationId: string,
  after: number | null,
): AsyncIterableIterator<MessageRow> {
  return leavable((signal) => follow(tails, caller, conversationId, after, signal));
}

async function* follow(
  tails: Tails,
  caller: UserCaller,
  conversationId: string,
  after: number | null,
  leaving: AbortSignal,
): AsyncGenerator<MessageRow> {
  const follower = new AbortController();
  leaving.addEventListener('abort', () => follower.abort(), { once: true });
  try {
    const tail = tails.follow(conversationId, follower);
    const { lastSequence } = mustParticipate(caller, await tail.look(), conversationId);
    yield* deliver(tail, caller, after ?? lastSequence, follower.signal);
  } finally {
    follower.abort();
  }
}

async function* deliver(
  tail: Tail,
  { id }: UserCaller,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<MessageRow> {
  let reached = after;
  while (!signal.aborted) {
    const head = await current(tail, reached);
    if (!isParticipant(id, head)) return;
    if (head.lastSequence <= reached) {
      await tail.changed(signal);
      continue;
    }
    for (const message of await tail.messages(reached + 1, Math.min(reached + stride, head.lastSequence))) {
      if (!isParticipant(id, tail.head())) return;
      yield message;
      reached = message.sequence;
    }
  }
}

/** Who catches up takes a while: the store says whether they still may. */
async function current(tail: Tail, reached: number): Promise<HeadRow | null> {
  const head = tail.head();
  return (head?.lastSequence ?? 0) > reached + stride ? tail.look() : head;
}
