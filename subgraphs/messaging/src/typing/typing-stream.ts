import type { Bus, BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { causeOf, withCause } from '@marquee/chassis/bus/event-cause';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import { isParticipant, mustParticipate } from '../conversations/participant-rules.js';
import type { ConversationFollowers } from '../live/conversation-followers.js';
import type { ConversationTail } from '../live/conversation-tail.js';
import type { TailRegistry } from '../live/tail-registry.js';
import { typingTopic } from '../topics.js';
import { expireTyping } from './typing-expiry.js';
import type { TypingEvent } from './typing-model.js';

/** Streams the typing events of the other participants. Ends when the caller no longer participates. */
export function streamTyping(
  { tails, followers, bus }: { tails: TailRegistry; followers: ConversationFollowers; bus: Bus },
  caller: UserCaller,
  conversationId: string,
): AsyncIterableIterator<TypingEvent> {
  return cancellable(async function* (cancellation) {
    const subscriber = new AbortController();
    onAbort(cancellation, () => subscriber.abort());
    try {
      const notifications = bus.subscribe(typingTopic(conversationId), subscriber.signal);
      const tail = tails.join(conversationId, subscriber);
      mustParticipate(caller, await tail.poll(), conversationId);
      followers.follow(conversationId, caller.id, subscriber.signal);
      void untilRemoved(tail, caller, subscriber.signal).then(() => subscriber.abort());
      yield* events(expireTyping(notifications), tail, caller, conversationId);
    } finally {
      subscriber.abort();
    }
  });
}

async function untilRemoved(tail: ConversationTail, { id }: UserCaller, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && isParticipant(id, tail.conversation())) await tail.waitForChange(signal);
}

/** Notifications are not proof of participation: both the sender and the reader are checked against the store. */
async function* events(
  notifications: AsyncIterable<BusMessage>,
  tail: ConversationTail,
  { id }: UserCaller,
  conversationId: string,
): AsyncGenerator<TypingEvent> {
  for await (const notification of notifications) {
    const { userId, typing } = notification;
    if (userId === id) continue;
    const conversation = await tail.poll();
    if (!isParticipant(id, conversation)) return;
    if (!isParticipant(String(userId), conversation)) continue;
    const event = { conversationId, user: { id: String(userId) }, typing: typing === 1 };
    yield withCause(event, causeOf(notification));
  }
}
