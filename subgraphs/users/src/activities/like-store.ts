import type { DataSource } from 'typeorm';
import { v7, validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import { withoutActor } from '../notifications/collected-likes.js';
import { activityCandidate, notificationsOf, notifiedColumn } from '../notifications/new-notifications.js';
import { NotificationKind } from '../notifications/notification-kinds.js';
import { isActive, isKept } from './activity-retention.js';
import type { WrittenActivity } from './activity-writing-store.js';
import { writerOf } from './writer.js';

export interface LikeChange extends WrittenActivity {
  authorId: string;
  /** False if the user liked the activity, or did not, already. */
  isChanged: boolean;
}

/** Reads and writes likes. */
export function likeStore(source: DataSource) {
  return { likedBy, setLike };

  /** Returns the ids of the activities that the user likes. */
  async function likedBy(userId: string, activityIds: readonly string[]): Promise<string[]> {
    const liked = await queryRows<{ id: string }>(source, likedStatement, [userId, activityIds]);
    return liked.map(({ id }) => id);
  }

  /**
   * Idempotent. Returns null if the activity does not exist, was deleted or has expired, and if the account is closed; for a
   * new like also if the author is hidden.
   */
  async function setLike(userId: string, activityId: string, liked: boolean): Promise<LikeChange | null> {
    if (!validate(activityId)) return null;
    const values = liked ? [activityId, userId, v7()] : [activityId, userId];
    const [change] = await queryRows<LikeChange>(source, liked ? likeStatement : unlikeStatement, values);
    return change ?? null;
  }
}

const likedStatement = 'select activity_id as id from likes where user_id = $1 and activity_id = any($2)';

/** Of concurrent likes, only the one that inserts the row changes the counter and notifies the author. */
const likeStatement = `
  with ${writerOf('$2', '$1')}, liked as (
    select id, author_id from activities cross join writer where id = $1 and ${isActive('activities')}
  ), added as (
    insert into likes (activity_id, user_id) select id, $2 from liked on conflict do nothing returning activity_id
  ), counted as (
    update activities set like_count = like_count + 1 where id in (select activity_id from added)
  ), candidates as (
    select ${activityCandidate({ id: '$3::uuid', userId: 'author_id', actorId: '$2::uuid', kind: NotificationKind.LIKE, activityId: 'liked.id' })}
    from liked join added on added.activity_id = liked.id
    where not exists (select from notification_actors where activity_id = liked.id and actor_id = $2)
  ), ${notificationsOf('candidates')}, collected as (
    insert into notification_actors (activity_id, actor_id, notification_id)
    select activity_id, $2, id from written on conflict do nothing
  )
  select liked.id, liked.author_id as "authorId", ${notifiedColumn}, exists (select from added) as "isChanged" from liked`;

/**
 * Removes the user from an unread notification, which disappears with its last like. Keeps one that was read, so that
 * another like does not notify the author a second time. Also of a hidden author, so that a like can always be taken back.
 */
const unlikeStatement = `
  with ${writerOf('$2', '$1')}, liked as (
    select id, author_id from activities cross join writer where id = $1 and ${isKept('activities')}
  ), removed as (
    delete from likes where user_id = $2 and activity_id in (select id from liked) returning activity_id
  ), counted as (
    update activities set like_count = like_count - 1 where id in (select activity_id from removed)
  ), ${withoutActor('$2', 'member.activity_id in (select activity_id from removed) and collecting.read_at is null')}
  select id, author_id as "authorId", '[]'::jsonb as notified, exists (select from removed) as "isChanged" from liked`;
