import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import type { DataSource } from 'typeorm';
import { digestStore } from '../emails/digest-store.js';
import { socialKinds } from './notification-kinds.js';

/** Days for which notifications are kept. */
const notificationDays = 180;

/** Notifications that are kept for each user. Those that any user can cause go first, so that no user displaces those of others. */
export const maxNotifications = 1_000;

/** Removes the notifications that are no longer kept, now and every hour. */
export function startNotificationSweeper(source: DataSource, log: Logger): Closable {
  return startSweeper(() => removeOldNotifications(source), { log, subject: 'old notifications' });
}

export async function removeOldNotifications(source: DataSource): Promise<void> {
  await source.query('delete from notifications where created_at < now() - make_interval(days => $1)', [
    notificationDays,
  ]);
  await source.query(removeExcessStatement, [maxNotifications, socialKinds]);
  await digestStore(source).removeOld();
}

const removeExcessStatement = `
  delete from notifications where id in (
    select excess.id from (
      select user_id from notifications group by user_id having count(*) > $1
    ) as full_inbox cross join lateral (
      select id from notifications known where known.user_id = full_inbox.user_id
      order by known.kind = any($2::text[]), id desc offset $1
    ) as excess
  )`;
