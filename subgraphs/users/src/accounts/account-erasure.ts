import type { EntityManager } from 'typeorm';
import { isActive } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';
import type { ErasedCounts } from '../erasure/erasure-store.js';
import { withoutActor } from '../notifications/collected-likes.js';

export interface ErasedTraces {
  /** The number of erased items of each kind. */
  counts: ErasedCounts;
  /** The activities that readers may have and that disappear, or lose a like or a reply; the newest first. */
  activityIds: string[];
}

/**
 * Erases the activities, likes, notifications and preferences of a user. Notifications for others lose the user as their
 * actor. The rows of the activities remain for the order of replies, without text. Their uploads are removed by `media/uploads-removal.ts`. Expects that the
 * row of the user is locked.
 */
export async function eraseTraces(manager: EntityManager, userId: string): Promise<ErasedTraces> {
  const counts: Record<string, number> = { profiles: 1 };
  const shown = await queryRows<{ id: string }>(manager, lockStatement, [userId]);
  for (const [kind, statement] of statements) {
    const [, count] = await manager.query<[unknown, number]>(statement, [userId]);
    if (kind !== null) counts[kind] = (counts[kind] ?? 0) + count;
  }
  return { counts, activityIds: shown.map(({ id }) => id) };
}

/**
 * Locks a reply before its parent, which is older, as the removal of a reply does, so that none deadlock. Returns those that
 * are shown.
 */
const lockStatement = `
  with locked as materialized (
    select id, deleted_at, expires_at from activities where id in (
      select id from activities where author_id = $1 and deleted_at is null
      union all select id from activities where author_id = $1 and deleted_at is not null
      union all select reply_to_id from activities where author_id = $1 and deleted_at is null
      union all select activity_id from likes where user_id = $1
    )
    order by id desc for no key update
  )
  select id from locked where ${isActive('locked')} order by id desc`;

/** Each with the kind of the rows that it erases. */
const statements: readonly [kind: string | null, statement: string][] = [
  [null, 'delete from notification_preferences where user_id = $1'],
  ['notifications', 'delete from notifications where user_id = $1'],
  [null, 'delete from mail_digests where user_id = $1'],
  [null, `with ${withoutActor('$1', 'true')} select 1`],
  [null, 'update notifications set actor_id = null where actor_id = $1'],
  [
    'likes',
    `with removed as (delete from likes where user_id = $1 returning activity_id)
      update activities set like_count = like_count - 1 where id in (select activity_id from removed)`,
  ],
  [
    null,
    `with replies as (
      select reply_to_id, cast(count(*) as integer) as count from activities
      where author_id = $1 and reply_to_id is not null and deleted_at is null group by reply_to_id
    )
    update activities set reply_count = reply_count - replies.count from replies where activities.id = replies.reply_to_id`,
  ],
  // Apart, since each has its own index.
  ['activities', `update activities set message = '' where author_id = $1 and deleted_at is not null`],
  ['activities', `update activities set message = '', deleted_at = now() where author_id = $1 and deleted_at is null`],
  ['quotas', 'delete from action_quotas where user_id = $1'],
];
