import type { DataSource, EntityManager } from 'typeorm';
import { Activity } from '../activities/activity-model.js';
import { Notification, type NotificationKind } from '../notifications/notification-model.js';
import { User } from '../people/user-model.js';
import { isActive } from '../activities/activity-retention.js';
import { rows } from '../database/statements.js';

export interface SeededLike {
  userId: string;
  at: Date;
}

export interface SeededNotification {
  id: string;
  kind: NotificationKind;
  userId: string;
  actorId: string;
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

/** Writes the examples of the embedded run. */
export function seedingStore(source: DataSource) {
  return { addPeople, addActivities };

  /** Who is there already stays as they are. */
  async function addPeople(people: readonly Partial<User>[]): Promise<void> {
    await source
      .createQueryBuilder()
      .insert()
      .into(User)
      .values([...people])
      .orIgnore()
      .execute();
  }

  /** Adds nothing while anything that these authors said is alive, or when one of them is not who they should be. */
  async function addActivities(authors: readonly string[], activities: readonly SeededActivity[]): Promise<void> {
    await source.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' seed', 0))`);
      const [state] = await rows<{ ready: boolean }>(manager, readyStatement, [authors]);
      if (state?.ready) for (const activity of activities) await add(manager, activity);
    });
  }
}

const readyStatement = `
  select (select count(*) from users where id = any($1)) = cardinality($1::uuid[])
    and not exists (select from activities where author_id = any($1) and ${isActive('activities')}) as ready`;

async function add(manager: EntityManager, activity: SeededActivity): Promise<void> {
  const { likes, notifications, ...row } = activity;
  await manager.insert(Activity, { ...row, likeCount: likes.length });
  for (const { userId, at } of likes)
    await manager.query('insert into likes (activity_id, user_id, created_at) values ($1, $2, $3)', [
      row.id,
      userId,
      at,
    ]);
  for (const notification of notifications)
    await manager.insert(Notification, { ...notification, activity: { id: row.id } });
}
