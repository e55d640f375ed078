import { cancellable } from '@marquee/chassis/bus/cancellable';
import { type Change, type LogTails, streamLog, type WithCursor } from '@marquee/chassis/bus/change-log';
import { StreamPosition } from '@marquee/chassis/bus/stream-position';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import type { Store } from '../store.js';
import { notificationStream } from '../topics.js';
import type { Notification } from './notification-model.js';
import type { NotificationCursor } from './notification-rules.js';

/** Greater than the sequence of every change. */
const beyondEnd = Number.MAX_SAFE_INTEGER;

/** Streams the notifications of a user: the stored ones after the cursor, then live ones. */
export async function streamNotifications(
  userId: string,
  cursor: NotificationCursor,
  { store: { notifications }, logTails }: { store: Store; logTails: LogTails },
): Promise<AsyncIterableIterator<(Notification & WithCursor) | StreamPosition>> {
  const stream = notificationStream(userId);
  const after = typeof cursor === 'string' ? ((await notifications.sequenceOf(stream, cursor)) ?? beyondEnd) : cursor;
  return streamLog(logTails, stream, {
    after,
    async load(changes: readonly Change[]) {
      const ids = changes.map(({ subject }) => subject).filter((subject) => subject !== '');
      const byId = new Map(
        (await notifications.byIds(userId, ids)).map((notification) => [notification.id, notification]),
      );
      return changes.map(({ subject }) => byId.get(subject) ?? null);
    },
  });
}

/** The number of unread notifications of a user. */
export interface UnreadCount {
  count: number;
}

/** Streams the number of unread notifications of a user: the current one, then each new one. */
export function streamUnreadCounts(
  userId: string,
  { store: { notifications }, logTails }: { store: Store; logTails: LogTails },
): AsyncIterableIterator<UnreadCount> {
  return cancellable(counts);

  async function* counts(cancellation: AbortSignal): AsyncGenerator<UnreadCount> {
    const changes = streamLog(logTails, notificationStream(userId), { after: null, load: loadCounts });
    onAbort(cancellation, () => void changes.return?.());
    let last: number | undefined;
    for await (const change of changes) {
      // The stream begins with its position: the count that is read now misses no change.
      const { count } = change instanceof StreamPosition ? await readCount() : change;
      if (count !== last) yield change instanceof StreamPosition ? { count } : change;
      last = count;
    }
  }

  async function readCount(): Promise<UnreadCount> {
    return { count: await notifications.unreadCount(userId) };
  }

  /** One count for all changes of a page, in place of the last one. */
  async function loadCounts(changes: readonly Change[]): Promise<(UnreadCount | null)[]> {
    const count = await readCount();
    return changes.map((_, index) => (index === changes.length - 1 ? count : null));
  }
}
