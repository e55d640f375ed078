import { cancellable } from '@marquee/chassis/bus/cancellable';
import { withCause } from '@marquee/chassis/bus/event-cause';
import { StreamPosition } from '@marquee/chassis/bus/stream-position';
import { cursorBeyondEnd } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { hiddenUpTo, isParticipant, mustParticipate } from '../conversations/participant-rules.js';
import type { ConversationFollowers } from '../live/conversation-followers.js';
import type { ConversationTail } from '../live/conversation-tail.js';
import type { TailRegistry } from '../live/tail-registry.js';
import type { ShownMessage } from './message-row.js';

/** A message as an event, with its conversation as the stream found it: at least as new as the message. */
export interface MessageEvent extends ShownMessage {
  conversation: ConversationRow;
}

/** Messages read from the store at a time. */
const batchSize = 100;

/**
 * Streams the messages of a conversation after a sequence, or from now on: stored ones first, then live ones, each once
 * and in order. The reader pulls, so a slow one occupies no buffer. Ends when the caller no longer participates.
 */
export function streamMessages(
  streams: MessageStreams,
  caller: UserCaller,
  conversationId: string,
  after: number | null,
): AsyncIterableIterator<MessageEvent | StreamPosition> {
  return cancellable((signal) => subscribe(streams, caller, conversationId, after, signal));
}

interface MessageStreams {
  tails: TailRegistry;
  followers: ConversationFollowers;
}

async function* subscribe(
  { tails, followers }: MessageStreams,
  caller: UserCaller,
  conversationId: string,
  after: number | null,
  cancellation: AbortSignal,
): AsyncGenerator<MessageEvent | StreamPosition> {
  const subscriber = new AbortController();
  onAbort(cancellation, () => subscriber.abort());
  try {
    const tail = tails.join(conversationId, subscriber);
    const { lastSequence } = mustParticipate(caller, await tail.poll(), conversationId);
    followers.follow(conversationId, caller.id, subscriber.signal);
    if (after !== null && after > lastSequence) throw cursorBeyondEnd('after', lastSequence);
    if (after === null) yield new StreamPosition(lastSequence);
    yield* deliver(tail, caller, after ?? lastSequence, subscriber.signal);
  } finally {
    subscriber.abort();
  }
}

async function* deliver(
  tail: ConversationTail,
  { id }: UserCaller,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<MessageEvent> {
  let delivered = after;
  while (!signal.aborted) {
    const conversation = await latest(tail, delivered);
    if (!isParticipant(id, conversation)) return;
    delivered = Math.max(delivered, hiddenUpTo(id, conversation));
    if (conversation.lastSequence <= delivered) {
      await tail.waitForChange(signal);
      continue;
    }
    const to = Math.min(delivered + batchSize, conversation.lastSequence);
    for (const message of await tail.messages(delivered + 1, to)) {
      const current = tail.conversation();
      if (!isParticipant(id, current)) return;
      yield withCause({ ...message, conversation: current }, message.traceparent);
      delivered = message.sequence;
    }
  }
}

/** Catching up takes a while, during which the caller may be removed: a reader far behind polls before each batch. */
async function latest(tail: ConversationTail, delivered: number): Promise<ConversationRow | null> {
  const conversation = tail.conversation();
  return (conversation?.lastSequence ?? 0) > delivered + batchSize ? tail.poll() : conversation;
}
