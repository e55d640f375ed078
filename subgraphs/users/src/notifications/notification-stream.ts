import { type StoreTailSource, type TailOptions, tailStore } from '@marquee/chassis/bus/tail-store';
import type { Store } from '../store.js';
import { notificationTopic } from '../topics.js';
import type { Notification } from './notification-model.js';

/** Notifications read from the store at a time. */
const batchSize = 100;

/**
 * Streams the notifications of a user: the stored ones after `after`, then live ones. Live ones are collected while the
 * stored ones are read, so that a notification can occur in both; it is delivered once.
 */
export function streamNotifications(
  userId: string,
  after: string | null,
  { store, tail }: { store: Store; tail: TailOptions },
  signal: AbortSignal,
): AsyncGenerator<Notification> {
  const live = tailStore(notificationTopic(userId), tailSource(userId, store), tail, signal);
  return withoutDuplicates(storedAfter(userId, after, store), live);
}

async function* withoutDuplicates(
  stored: AsyncIterable<Notification>,
  live: AsyncIterable<Notification>,
): AsyncGenerator<Notification> {
  const delivered = new Set<string>();
  for await (const notification of stored) {
    delivered.add(notification.id);
    yield notification;
  }
  for await (const notification of live) if (!delivered.delete(notification.id)) yield notification;
}

async function* storedAfter(
  userId: string,
  after: string | null,
  { notifications }: Store,
): AsyncGenerator<Notification> {
  for (let last: string | null | undefined = after; last;) {
    const stored = await notifications.nextFor(userId, { after: last, limit: batchSize });
    yield* stored;
    last = stored.length === batchSize ? stored.at(-1)?.id : undefined;
  }
}

function tailSource(userId: string, { notifications }: Store): StoreTailSource<Notification> {
  return {
    readNotified: ({ id }) => notifications.nextFor(userId, { id: String(id), limit: 1 }),
    async readSince(time) {
      const newestFirst = await notifications.newestFor(userId, false, { after: null, limit: batchSize });
      return newestFirst.filter(({ createdAt }) => createdAt >= time).toReversed();
    },
    keyOf: ({ id }) => id,
  };
}
