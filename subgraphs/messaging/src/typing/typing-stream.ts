import type { Bus, BusMessage } from '@marquee/chassis/bus/bus';
import { leavable } from '@marquee/chassis/bus/leavable';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { TypingEvent } from '../messages/message-model.js';
import { isParticipant, mustParticipate } from '../conversations/participant-rules.js';
import type { ConversationTail } from '../live/conversation-tail.js';
import type { TailRegistry } from '../live/tail-registry.js';
import { typingTopic } from '../topics.js';

/** Tells who follows the conversation that somebody types, or does so no longer. */
export function publishTyping(bus: Bus, conversationId: string, userId: string, typing: boolean): void {
  bus.publish(typingTopic(conversationId), { userId, typing: Number(typing) });
}

/** Who types in a conversation, the reader excepted. Ends when the reader is no longer a participant. */
export function typingEvents(
  { tails, bus }: { tails: TailRegistry; bus: Bus },
  caller: UserCaller,
  conversationId: string,
): AsyncIterableIterator<TypingEvent> {
  return leavable(async function* (leaving) {
    const follower = new AbortController();
    leaving.addEventListener('abort', () => follower.abort(), { once: true });
    try {
      const hints = bus.subscribe(typingTopic(conversationId), follower.signal);
      const tail = tails.join(conversationId, follower);
      mustParticipate(caller, await tail.poll(), conversationId);
      void endWith(tail, caller, follower.signal).then(() => follower.abort());
      yield* events(hints, tail, caller, conversationId);
    } finally {
      follower.abort();
    }
  });
}

async function endWith(tail: ConversationTail, { id }: UserCaller, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && isParticipant(id, tail.conversation())) await tail.waitForChange(signal);
}

/** A hint is no proof: who types and who reads must both be participants now. */
async function* events(
  hints: AsyncIterable<BusMessage>,
  tail: ConversationTail,
  { id }: UserCaller,
  conversationId: string,
): AsyncGenerator<TypingEvent> {
  for await (const { userId, typing } of hints) {
    if (userId === id) continue;
    const head = await tail.poll();
    if (!isParticipant(id, head)) return;
    if (isParticipant(String(userId), head))
      yield { conversationId, user: { id: String(userId) }, typing: typing === 1 };
  }
}
