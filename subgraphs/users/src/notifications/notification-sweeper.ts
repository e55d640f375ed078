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

/** Parts of the idle inboxes: each hour has one, so that all are swept within a week while the service runs. */
export const idleParts = 168;

/** Removes the notifications that are no longer kept, now and every hour. */
export function startNotificationSweeper(source: DataSource, log: Logger): Closable {
  let sweptHour: number | undefined;
  return startSweeper(
    async () => {
      const hour = currentHour();
      // At first also the hour before, in which a former process may have ended early.
      await removeOldNotifications(source, hour, sweptHour ?? hour - 2);
      sweptHour = hour;
    },
    { log, subject: 'old notifications' },
  );
}

function currentHour(): number {
  return Math.floor(Date.now() / 3_600_000);
}

/**
 * Sweeps the idle inboxes of all hours since the last call. An hour without a call is made up for: timers drift, and a call
 * can take longer than an hour.
 * @param hour the hours since 1970
 * @param sweptHour the last hour whose part of the idle inboxes was swept
 */
export async function removeOldNotifications(
  source: DataSource,
  hour = currentHour(),
  sweptHour = hour - 1,
): Promise<void> {
  await removeInBatches(source, removeOldStatement, [minIdDaysAgo(notificationDays), notificationDays]);
  const parts = Array.from({ length: Math.min(hour - sweptHour, idleParts) }, (_, index) => (hour - index) % idleParts);
  const inboxes = [minIdDaysAgo(sweptDays), maxNotifications, socialKinds, idleParts, parts];
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
      union select id from users where (hashtext(id::text) & 2147483647) % $4 = any($5::integer[])
    ) as swept cross join lateral (
      select id from notifications known where known.user_id = swept.user_id
      order by known.kind = any($3::text[]), id desc offset $2
    ) as excess limit $6
  ))`;
