import type { DataSource } from 'typeorm';
import { Notification, type MarkNotificationsReadPayload } from './notification-model.js';
import type { MarkReadSelection } from './notification-rules.js';
import { isActive, oldestActiveId } from '../activities/activity-retention.js';
import { maxId, type IdPage } from '../paging/id-page.js';
import { rows } from '../database/statements.js';

/** Which notifications come next. */
export interface NotificationRange {
  after?: string;
  id?: string;
  limit: number;
}

/** What people are told. What is about a dead activity is told to nobody and counted by nobody. */
export function notificationStore(source: DataSource) {
  return { newestFor, nextFor, markRead };

  async function newestFor(userId: string, unreadOnly: boolean, page: IdPage): Promise<Notification[]> {
    const told = of(userId)
      .andWhere('notification.id > :oldest and notification.id < :after')
      .setParameters({ oldest: oldestActiveId(), after: page.after ?? maxId })
      .orderBy('notification.id', 'DESC')
      .limit(page.limit);
    return (unreadOnly ? told.andWhere('notification.readAt is null') : told).getMany();
  }

  /** Those after a notification, the oldest first; or just one, where its id is given. */
  async function nextFor(userId: string, { after, id, limit }: NotificationRange): Promise<Notification[]> {
    const told = of(userId).andWhere('notification.id > :oldest', { oldest: oldestActiveId() });
    if (after !== undefined) told.andWhere('notification.id > :after', { after });
    if (id !== undefined) told.andWhere('notification.id = :id', { id });
    return told.orderBy('notification.id').limit(limit).getMany();
  }

  function of(userId: string) {
    return source
      .getRepository(Notification)
      .createQueryBuilder('notification')
      .innerJoinAndSelect('notification.activity', 'activity', isActive('activity'))
      .where('notification.userId = :userId', { userId });
  }

  async function markRead(userId: string, { ids, upTo }: MarkReadSelection): Promise<MarkNotificationsReadPayload> {
    const [counted] = await rows<MarkNotificationsReadPayload>(source, markStatement, [userId, ids, upTo]);
    return counted ?? { markedCount: 0, unreadCount: 0 };
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
