import type { DataSource } from 'typeorm';
import { v7, validate } from 'uuid';
import { isActive } from './activity-retention.js';
import type { ActivityChange } from './activity-writing-store.js';
import { rows } from '../database/statements.js';

/** Who likes what. */
export function likeStore(source: DataSource) {
  return { likedBy, setLike };

  /** Those of the activities that the user likes. */
  async function likedBy(userId: string, activities: readonly string[]): Promise<string[]> {
    const liked = await rows<{ id: string }>(source, likedStatement, [userId, activities]);
    return liked.map(({ id }) => id);
  }

  /** Makes it so, whatever it was before; null when there is no such activity. */
  async function setLike(userId: string, activityId: string, liked: boolean): Promise<ActivityChange | null> {
    if (!validate(activityId)) return null;
    const values = liked ? [activityId, userId, v7()] : [activityId, userId];
    const [found] = await rows<ActivityChange>(source, liked ? likeStatement : unlikeStatement, values);
    return found ?? null;
  }
}

const likedStatement = 'select activity_id as id from likes where user_id = $1 and activity_id = any($2)';

/** Only the one who really added the like counts it and tells the author. */
const likeStatement = `
  with liked as (
    select id, author_id from activities where id = $1 and ${isActive('activities')}
  ), added as (
    insert into likes (activity_id, user_id) select id, $2 from liked on conflict do nothing returning activity_id
  ), counted as (
    update activities set like_count = like_count + 1 where id in (select activity_id from added)
  ), notified as (
    insert into notifications (id, user_id, actor_id, kind, activity_id)
    select $3, liked.author_id, $2, 'LIKE', liked.id from liked join added on added.activity_id = liked.id
    where liked.author_id <> $2
    on conflict do nothing
    returning id, user_id
  )
  select liked.id, notified.id as "notificationId", notified.user_id as "userId"
  from liked left join notified on true`;

/** A notification that was read stays, so that liking again does not tell the author twice. */
const unlikeStatement = `
  with liked as (
    select id from activities where id = $1 and ${isActive('activities')}
  ), removed as (
    delete from likes where user_id = $2 and activity_id in (select id from liked) returning activity_id
  ), counted as (
    update activities set like_count = like_count - 1 where id in (select activity_id from removed)
  ), forgotten as (
    delete from notifications
    where kind = 'LIKE' and actor_id = $2 and read_at is null and activity_id in (select activity_id from removed)
  )
  select id, null as "notificationId", null as "userId" from liked`;
