import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import type { DataSource } from 'typeorm';
import { minIdDaysAgo } from '../activities/activity-retention.js';
import { digestStore } from '../emails/digest-store.js';
import { socialKinds } from './notification-kinds.js';

/** Days for which notifications are kept. */
const notificationDays = 180;

/** Notifications that are kept for each user. Those that any user can cause go first, so that no user displaces those of others. */
export const maxNotifications = 1_000;

/** Notifications that one statement removes: the rows of their users' change logs are locked meanwhile. */
const batchSize = 1_000;

/**
 * Inboxes with notifications of these days are swept every hour. Of the others, a part is swept each hour: they are too large
 * only if no service ran for longer, or if the limit was lowered.
 */
const sweptDays = 2;

/** Parts of the idle inboxes: all are swept within a week. */
export const idleParts = 168;

/** Removes the notifications that are no longer kept, now and every hour. */
export function startNotificationSweeper(source: DataSource, log: Logger): Closable {
  return startSweeper(() => removeOldNotifications(source), { log, subject: 'old notifications' });
}

/** @param hour the hours since 1970, which choose the part of the idle inboxes */
export async function removeOldNotifications(
  source: DataSource,
  hour = Math.floor(Date.now() / 3_600_000),
): Promise<void> {
  await removeInBatches(source, removeOldStatement, [minIdDaysAgo(notificationDays), notificationDays]);
  const inboxes = [minIdDaysAgo(sweptDays), maxNotifications, socialKinds, idleParts, hour % idleParts];
  await removeInBatches(source, removeExcessStatement, inboxes);
  await digestStore(source).removeOld();
}

/** @param statement removes up to as many rows as its last parameter, and returns them */
async function removeInBatches(source: DataSource, statement: string, values: readonly unknown[]): Promise<void> {
  let removed: number;
  do [, removed] = await source.query<[unknown[], number]>(statement, [...values, batchSize]);
  while (removed === batchSize);
}

/**
 * Ids are in the order in which notifications were created, and the primary key has them in this order. With an array, also
 * the deletion always uses it.
 */
export const removeOldStatement = `
  delete from notifications where id = any (array(
    select id from notifications
    where id < $1 and created_at < now() - make_interval(days => $2) order by id limit $3
  ))`;

export const removeExcessStatement = `
  delete from notifications where id = any (array(
    select excess.id from (
      select user_id from notifications where id >= $1
      union select id from users where (hashtext(id::text) & 2147483647) % $4 = $5
    ) as swept cross join lateral (
      select id from notifications known where known.user_id = swept.user_id
      order by known.kind = any($3::text[]), id desc offset $2
    ) as excess limit $6
  ))`;
