import type { EntityManager } from 'typeorm';

/**
 * Erases the activities and likes of a user, and the notifications by them and for them. The rows of the activities
 * remain for the order of replies, without text. Their uploads are removed by `media/uploads-removal.ts`. Expects that the
 * row of the user is locked.
 */
export async function eraseTraces(manager: EntityManager, userId: string): Promise<void> {
  for (const statement of statements) await manager.query(statement, [userId]);
}

/** Locks a reply before its parent, which is older, as the removal of a reply does, so that none deadlock. */
const lockStatement = `
  select count(*) from (
    select id from activities where id in (
      select id from activities where author_id = $1 and deleted_at is null
      union all select id from activities where author_id = $1 and deleted_at is not null
      union all select reply_to_id from activities where author_id = $1 and deleted_at is null
      union all select activity_id from likes where user_id = $1
    )
    order by id desc for no key update
  ) locked`;

const statements: readonly string[] = [
  lockStatement,
  'delete from notifications where user_id = $1 or actor_id = $1',
  `with removed as (delete from likes where user_id = $1 returning activity_id)
    update activities set like_count = like_count - 1 where id in (select activity_id from removed)`,
  `with replies as (
      select reply_to_id, cast(count(*) as integer) as count from activities
      where author_id = $1 and reply_to_id is not null and deleted_at is null group by reply_to_id
    )
    update activities set reply_count = reply_count - replies.count from replies where activities.id = replies.reply_to_id`,
  // Apart, since each has its own index.
  `update activities set message = '' where author_id = $1 and deleted_at is not null`,
  `update activities set message = '', deleted_at = now() where author_id = $1 and deleted_at is null`,
  'delete from action_quotas where user_id = $1',
];
