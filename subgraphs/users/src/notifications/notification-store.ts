import type { DataSource } from 'typeorm';
import { activeRange, isActive } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';
import { idOrder, type IdPage } from '../paging/id-page.js';
import type { MarkNotificationsReadPayload } from './notification-inputs.js';
import { Notification } from './notification-model.js';
import type { MarkReadSelection } from './notification-rules.js';

/** Reads and marks notifications, except those about deleted or expired activities. */
export function notificationStore(source: DataSource) {
  return { newestFor, byIds, sequenceOf, markRead };

  async function newestFor(userId: string, unreadOnly: boolean, page: IdPage): Promise<Notification[]> {
    const query = notificationsOf(userId)
      .andWhere('notification.id > :before and notification.id < :after', activeRange(page))
      .orderBy('notification.id', idOrder(page))
      .limit(page.limit);
    return (unreadOnly ? query.andWhere('notification.readAt is null') : query).getMany();
  }

  /** The notifications with these ids, in any order. */
  async function byIds(userId: string, ids: readonly string[]): Promise<Notification[]> {
    return notificationsOf(userId).andWhere('notification.id = any(:ids)', { ids }).getMany();
  }

  /**
   * The sequence of a notification in the stream of its user; for an unknown id, of the last notification before it. Null
   * if it is after all others.
   */
  async function sequenceOf(stream: string, id: string): Promise<number | null> {
    const [row] = await queryRows<{ sequence: number | null }>(source, sequenceStatement, [stream, id]);
    return row?.sequence ?? null;
  }

  function notificationsOf(userId: string) {
    return source
      .getRepository(Notification)
      .createQueryBuilder('notification')
      .innerJoinAndSelect('notification.activity', 'activity', isActive('activity'))
      .where('notification.userId = :userId', { userId });
  }

  async function markRead(userId: string, { ids, upTo }: MarkReadSelection): Promise<MarkNotificationsReadPayload> {
    const [counts] = await queryRows<MarkNotificationsReadPayload>(source, markStatement, [userId, ids, upTo]);
    return counts ?? { markedCount: 0, unreadCount: 0 };
  }
}

/** Changes that were removed from the log are those of expired notifications. */
const sequenceStatement = `
  with kept as (
    select min(sequence) as first, max(subject) as latest, max(sequence) filter (where subject <= $2) as before,
      max(sequence) filter (where subject = $2) as exact
    from change_log where stream = $1
  )
  select case
    when exact is not null then exact
    when latest is null then (select last_sequence from change_streams where stream = $1)
    when $2 <= latest then coalesce(before, first - 1)
  end as sequence
  from kept`;

const markStatement = `
  with unread as (
    select n.id from notifications n join activities a on a.id = n.activity_id and ${isActive('a')}
    where n.user_id = $1 and n.read_at is null
  ), marked as (
    update notifications set read_at = now()
    where user_id = $1 and read_at is null
      and ($2::uuid[] is null or id = any($2)) and ($3::uuid is null or id <= $3)
    returning id
  )
  select count(marked.id)::integer as "markedCount", (count(*) - count(marked.id))::integer as "unreadCount"
  from unread left join marked on marked.id = unread.id`;
