import type { DataSource } from 'typeorm';
import { v7, validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import type { CreatedNotification } from '../topics.js';
import { isActive } from './activity-retention.js';
import { writerOf } from './writer.js';

export interface NewActivity {
  authorId: string;
  message: string;
}

/** The activity that was written or liked, and the notification that this created. */
export interface ActivityChange extends CreatedNotification {
  id: string;
}

/** Writes activities. The same statement changes counters and creates notifications, so that they stay consistent. */
export function activityWritingStore(source: DataSource) {
  return { post, reply, remove };

  /** Returns the id of the activity, null if the account is closed. */
  async function post({ authorId, message }: NewActivity, hours: number): Promise<string | null> {
    const [posted] = await queryRows<{ id: string }>(source, postStatement, [v7(), authorId, message, hours]);
    return posted?.id ?? null;
  }

  /** Returns null if the activity does not exist, was deleted or has expired, and if the account is closed. */
  async function reply(activityId: string, { authorId, message }: NewActivity): Promise<ActivityChange | null> {
    if (!validate(activityId)) return null;
    const values = [activityId, v7(), authorId, message, v7()];
    const [change] = await queryRows<ActivityChange>(source, replyStatement, values);
    return change ?? null;
  }

  /** Returns false if the activity was already deleted, or if the user is neither its author nor an admin any more. */
  async function remove(activityId: string, userId: string): Promise<boolean> {
    const removed = await queryRows(source, removeStatement, [activityId, userId]);
    return removed.length > 0;
  }
}

const postStatement = `
  insert into activities (id, author_id, message, expires_at)
  select $1, id, $3, now() + make_interval(hours => $4) from users where id = $2 and is_active for key share
  returning id`;

const replyStatement = `
  with ${writerOf('$3', '$1')}, parent as (
    update activities set reply_count = reply_count + 1 from writer where id = $1 and ${isActive('activities')}
    returning id, author_id, expires_at
  ), reply as (
    insert into activities (id, author_id, reply_to_id, message, expires_at)
    select $2, $3, parent.id, $4, parent.expires_at from parent
    returning id
  ), notified as (
    insert into notifications (id, user_id, actor_id, kind, activity_id)
    select $5, parent.author_id, $3, 'REPLY', reply.id from parent cross join reply where parent.author_id <> $3
    returning id, user_id
  )
  select reply.id, notified.id as "notificationId", notified.user_id as "userId"
  from reply left join notified on true`;

const removeStatement = `
  with remover as (
    select id, role from users where id = $2 and is_active for share
  ), removed as (
    update activities set deleted_at = now() from remover
    where activities.id = $1 and deleted_at is null and (author_id = remover.id or remover.role = 'ADMIN')
    returning activities.id, reply_to_id
  ), uncounted as (
    update activities set reply_count = reply_count - 1 where id in (select reply_to_id from removed)
  )
  select id from removed`;
