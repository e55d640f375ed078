import type { DataSource } from 'typeorm';
import { isActive, oldestActiveId } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';
import { type IdPage, maxUuid } from '../paging/id-page.js';
import type { MarkNotificationsReadPayload } from './notification-inputs.js';
import { Notification } from './notification-model.js';
import type { MarkReadSelection } from './notification-rules.js';

/** The notifications after one, or a single one by id. */
export interface NotificationRange {
  after?: string;
  id?: string;
  limit: number;
}

/** Reads and marks notifications, except those about deleted or expired activities. */
export function notificationStore(source: DataSource) {
  return { newestFor, nextFor, markRead };

  async function newestFor(userId: string, unreadOnly: boolean, page: IdPage): Promise<Notification[]> {
    const query = notificationsOf(userId)
      .andWhere('notification.id > :oldest and notification.id < :after')
      .setParameters({ oldest: oldestActiveId(), after: page.after ?? maxUuid })
      .orderBy('notification.id', 'DESC')
      .limit(page.limit);
    return (unreadOnly ? query.andWhere('notification.readAt is null') : query).getMany();
  }

  /** The notifications of a range, the oldest first. */
  async function nextFor(userId: string, { after, id, limit }: NotificationRange): Promise<Notification[]> {
    const query = notificationsOf(userId).andWhere('notification.id > :oldest', { oldest: oldestActiveId() });
    if (after !== undefined) query.andWhere('notification.id > :after', { after });
    if (id !== undefined) query.andWhere('notification.id = :id', { id });
    return query.orderBy('notification.id').limit(limit).getMany();
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
