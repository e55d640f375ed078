import { onAbort } from '@marquee/chassis/timing/on-abort';

/** The users who follow a conversation, by its messages or its typing events, with a stream of this process. */
export interface ConversationFollowers {
  /** Counts a stream until it aborts. */
  follow(conversationId: string, userId: string, stream: AbortSignal): void;
}

/** @param onLeft called when the last stream of a user ends, for instance because their connection is lost */
export function createConversationFollowers(
  onLeft: (conversationId: string, userId: string) => void,
): ConversationFollowers {
  const streams = new Map<string, number>();
  return {
    follow(conversationId, userId, stream) {
      const key = `${conversationId} ${userId}`;
      streams.set(key, (streams.get(key) ?? 0) + 1);
      onAbort(stream, () => {
        const remaining = (streams.get(key) ?? 1) - 1;
        if (remaining > 0) return void streams.set(key, remaining);
        streams.delete(key);
        onLeft(conversationId, userId);
      });
    },
  };
}
