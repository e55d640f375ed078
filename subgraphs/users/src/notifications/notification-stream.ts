import { type Change, type LogTails, streamLog, type WithCursor } from '@marquee/chassis/bus/change-log';
import type { StreamPosition } from '@marquee/chassis/bus/stream-position';
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
      const ids = changes.map(({ subject }) => subject);
      const byId = new Map(
        (await notifications.byIds(userId, ids)).map((notification) => [notification.id, notification]),
      );
      return ids.map((id) => byId.get(id) ?? null);
    },
  });
}
