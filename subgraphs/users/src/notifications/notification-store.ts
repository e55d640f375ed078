import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { isActive } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';
import { idOrder, idRange, type IdPage } from '../paging/id-page.js';
import type { MarkNotificationsReadPayload } from './notification-inputs.js';
import { Notification } from './notification-model.js';
import type { MarkReadSelection } from './notification-rules.js';

/** Reads and marks the notifications of inboxes, except those about deleted or expired activities. */
export function notificationStore(source: DataSource) {
  return { newestFor, byIds, unreadCount, sequenceOf, markRead };

  async function newestFor(userId: string, unreadOnly: boolean, page: IdPage): Promise<Notification[]> {
    const query = notificationsOf(source, userId)
      .andWhere('notification.id > :before and notification.id < :after', idRange(page))
      .orderBy('notification.id', idOrder(page))
      .limit(page.limit);
    return (unreadOnly ? query.andWhere('notification.readAt is null') : query).getMany();
  }

  /** The notifications with these ids, in any order. */
  async function byIds(userId: string, ids: readonly string[]): Promise<Notification[]> {
    return ids.length === 0
      ? []
      : notificationsOf(source, userId).andWhere('notification.id = any(:ids)', { ids }).getMany();
  }

  async function unreadCount(userId: string): Promise<number> {
    const [row] = await queryRows<{ count: number }>(source, countStatement, [userId]);
    return row?.count ?? 0;
  }

  /**
   * The sequence of a notification in the stream of its user; for an unknown id, of the last notification before it. Null
   * if it is after all others.
   */
  async function sequenceOf(stream: string, id: string): Promise<number | null> {
    const [row] = await queryRows<{ sequence: number | null }>(source, sequenceStatement, [stream, id]);
    return row?.sequence ?? null;
  }

  async function markRead(userId: string, { ids, upTo }: MarkReadSelection): Promise<MarkNotificationsReadPayload> {
    const [counts] = await queryRows<MarkNotificationsReadPayload>(source, markStatement, [userId, ids, upTo]);
    return counts ?? { markedCount: 0, unreadCount: 0 };
  }
}

function notificationsOf(source: DataSource, userId: string): SelectQueryBuilder<Notification> {
  return source
    .getRepository(Notification)
    .createQueryBuilder('notification')
    .leftJoinAndSelect('notification.activity', 'activity', isActive('activity'))
    .where('notification.userId = :userId and notification.in_app', { userId })
    .andWhere('(notification.activity_id is null or activity.id is not null)');
}

/** The unread notifications of the user `$1`. */
const unread = `
  select n.id from notifications n left join activities a on a.id = n.activity_id and ${isActive('a')}
  where n.user_id = $1 and n.read_at is null and n.in_app and (n.activity_id is null or a.id is not null)`;

const countStatement = `select count(*)::integer as count from (${unread}) as unread`;

/** Changes without a subject are no notifications. Those that were removed from the log are of older notifications. */
const sequenceStatement = `
  with kept as (
    select min(sequence) as first, max(subject) as latest, max(sequence) filter (where subject <= $2) as before,
      max(sequence) filter (where subject = $2) as exact
    from change_log where stream = $1 and subject <> ''
  )
  select case
    when exact is not null then exact
    when latest is null then (select last_sequence from change_streams where stream = $1)
    when $2 <= latest then coalesce(before, first - 1)
  end as sequence
  from kept`;

const markStatement = `
  with unread as (${unread}), marked as (
    update notifications set read_at = now()
    where user_id = $1 and read_at is null and in_app
      and ($2::uuid[] is null or id = any($2)) and ($3::uuid is null or id <= $3)
    returning id
  )
  select count(marked.id)::integer as "markedCount", (count(*) - count(marked.id))::integer as "unreadCount"
  from unread left join marked on marked.id = unread.id`;
