import type { DataSource, EntityManager } from 'typeorm';
import { Activity } from '../activities/activity-model.js';
import { isActive } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';
import { NotificationKind } from '../notifications/notification-kinds.js';
import { Notification } from '../notifications/notification-model.js';
import { User } from '../people/user-model.js';

export interface SeededLike {
  userId: string;
  at: Date;
}

export interface SeededNotification {
  id: string;
  kind: NotificationKind;
  userId: string;
  actorId: string;
  actorCount: number;
  createdAt: Date;
}

export interface SeededActivity {
  id: string;
  authorId: string;
  replyToId: string | null;
  message: string;
  replyCount: number;
  createdAt: Date;
  expiresAt: Date;
  likes: SeededLike[];
  notifications: SeededNotification[];
}

/** Writes the example people and activities. */
export function seedStore(source: DataSource) {
  return { addPeople, addActivities };

  /** Existing people stay unchanged. */
  async function addPeople(people: readonly Partial<User>[]): Promise<void> {
    await source
      .createQueryBuilder()
      .insert()
      .into(User)
      .values([...people])
      .orIgnore()
      .execute();
  }

  /** Adds nothing while an activity of these authors is active, or if one of the authors does not exist. */
  async function addActivities(authorIds: readonly string[], activities: readonly SeededActivity[]): Promise<void> {
    await source.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' seed', 0))`);
      const [state] = await queryRows<{ ready: boolean }>(manager, readyStatement, [authorIds]);
      if (state?.ready) for (const activity of activities) await addActivity(manager, activity);
    });
  }
}

const readyStatement = `
  select (select count(*) from users where id = any($1)) = cardinality($1::uuid[])
    and not exists (select from activities where author_id = any($1) and ${isActive('activities')}) as ready`;

const likeStatement = 'insert into likes (activity_id, user_id, created_at) values ($1, $2, $3)';

/** The likes of an activity are one notification. */
const collectStatement = `
  insert into notification_actors (activity_id, actor_id, notification_id, added_at)
  select activity_id, user_id, $2, created_at from likes where activity_id = $1 and user_id <> $3`;

async function addActivity(manager: EntityManager, activity: SeededActivity): Promise<void> {
  const { likes, notifications, ...row } = activity;
  await manager.insert(Activity, { ...row, likeCount: likes.length });
  for (const { userId, at } of likes) await manager.query(likeStatement, [row.id, userId, at]);
  for (const notification of notifications) {
    await manager.insert(Notification, { ...notification, activity: { id: row.id } });
    if (notification.kind === NotificationKind.LIKE)
      await manager.query(collectStatement, [row.id, notification.id, notification.userId]);
  }
}
