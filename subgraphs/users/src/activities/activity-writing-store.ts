import type { DataSource } from 'typeorm';
import { v7, validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import type { CreatedNotification } from '../topics.js';
import { activityCandidate, notificationsOf, notifiedColumn } from '../notifications/new-notifications.js';
import { NotificationKind } from '../notifications/notification-kinds.js';
import { isActive } from './activity-retention.js';
import { findMentions } from './mentions.js';
import { writerOf } from './writer.js';

export interface NewActivity {
  authorId: string;
  message: string;
}

/** The activity that was written or liked, and the notifications that this created. */
export interface WrittenActivity {
  id: string;
  notified: CreatedNotification[];
}

/** Writes activities. The same statement changes counters and creates notifications, so that they stay consistent. */
export function activityWritingStore(source: DataSource) {
  return { post, reply, remove };

  /** Returns null if the account is closed. */
  async function post({ authorId, message }: NewActivity, hours: number): Promise<WrittenActivity | null> {
    const { handles, notificationIds } = findMentions(message);
    const values = [v7(), authorId, message, hours, handles, notificationIds];
    const [posted] = await queryRows<WrittenActivity>(source, postStatement, values);
    return posted ?? null;
  }

  /** Returns null if the activity does not exist, was deleted or has expired, and if the account is closed. */
  async function reply(activityId: string, { authorId, message }: NewActivity): Promise<WrittenActivity | null> {
    if (!validate(activityId)) return null;
    const { handles, notificationIds } = findMentions(message);
    const values = [activityId, v7(), authorId, message, v7(), handles, notificationIds];
    const [written] = await queryRows<WrittenActivity>(source, replyStatement, values);
    return written ?? null;
  }

  /** Returns false if the activity was already deleted, or if the user is neither its author nor an admin any more. */
  async function remove(activityId: string, userId: string): Promise<boolean> {
    const removed = await queryRows(source, removeStatement, [activityId, userId]);
    return removed.length > 0;
  }
}

/** The candidates of the users whom an activity mentions, from the parameters with their handles and the new ids. */
function mentionCandidates(activity: string, handles: string, ids: string): string {
  const columns = {
    id: 'mention.notification_id',
    userId: 'people.id',
    actorId: `${activity}.author_id`,
    kind: NotificationKind.MENTION,
    activityId: `${activity}.id`,
  };
  return `select ${activityCandidate(columns)} from ${activity}
    cross join unnest(${handles}::text[], ${ids}::uuid[]) as mention (handle, notification_id)
    join people on people.handle = mention.handle`;
}

const postStatement = `
  with ${writerOf('$2', 'null', '$5')}, posted as (
    insert into activities (id, author_id, message, expires_at)
    select $1, $2, $3, now() + make_interval(hours => $4) from writer
    returning id, author_id
  ), candidates as (
    ${mentionCandidates('posted', '$5', '$6')}
  ), ${notificationsOf('candidates')}
  select id, ${notifiedColumn} from posted`;

const replyCandidate = activityCandidate({
  id: '$5::uuid',
  userId: 'parent.author_id',
  actorId: '$3::uuid',
  kind: NotificationKind.REPLY,
  activityId: 'reply.id',
});

/** The author of the parent is notified of the reply, and not of a mention in it, too. */
const replyStatement = `
  with ${writerOf('$3', '$1', '$6')}, parent as (
    update activities set reply_count = reply_count + 1 from writer where id = $1 and ${isActive('activities')}
    returning id, author_id, expires_at
  ), reply as (
    insert into activities (id, author_id, reply_to_id, message, expires_at)
    select $2, $3, parent.id, $4, parent.expires_at from parent
    returning id, author_id
  ), candidates as (
    select ${replyCandidate} from parent cross join reply
    union all
    ${mentionCandidates('reply', '$6', '$7')} where people.id not in (select author_id from parent)
  ), ${notificationsOf('candidates')}
  select id, ${notifiedColumn} from reply`;

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
