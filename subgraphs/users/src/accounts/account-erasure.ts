/**
 * Erases the traces of a user in bounded batches: one with the deletion of the account, which is all for most people, and
 * the others in transactions of their own (erasure/erasure-worker.ts), so that they neither lock many rows for long nor start
 * again when a process ends.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { isKept } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';
import { type ErasedCounts, holdErasure, recordProgress } from '../erasure/erasure-store.js';
import { withoutActor } from '../notifications/collected-likes.js';

export interface ErasedTraces {
  /** The number of erased items of each kind. */
  counts: ErasedCounts;
  /** The activities that readers may have and that disappear, or lose a like or a reply; the newest first. */
  activityIds: string[];
  /** Whether nothing is left. */
  isComplete: boolean;
}

export type AccountErasureStore = ReturnType<typeof accountErasureStore>;

/** Items of each kind that one transaction erases. */
const defaultBatchSize = 1_000;

/** Continues the erasure of deleted accounts. */
export function accountErasureStore(source: DataSource, batchSize = defaultBatchSize) {
  return {
    /** Erases another batch of the traces of a deleted user, and records it in the report. */
    eraseMore: (userId: string): Promise<ErasedTraces> =>
      source.transaction(async (manager) => {
        // Two replicas take turns, so that each chooses rows that the other has not erased.
        await holdErasure(manager, userId);
        const erased = await eraseTraces(manager, userId, batchSize);
        await recordProgress(manager, userId, erased);
        return erased;
      }),
  };
}

/**
 * Erases a batch of the activities, likes, notifications and preferences of a user. Notifications for others lose the user as
 * their actor. The rows of the activities remain for the order of replies, without text. Their uploads are removed by
 * `media/uploads-removal.ts`. Expects that the row of the user is locked, or that the account is closed.
 */
export async function eraseTraces(
  manager: EntityManager,
  userId: string,
  batchSize = defaultBatchSize,
): Promise<ErasedTraces> {
  const [batch] = await queryRows<Batch>(manager, chooseStatement, [userId, batchSize]);
  if (!batch) throw new Error('The traces of a user could not be chosen.');
  const locked = [...batch.posts, ...batch.removed, ...batch.liked];
  const shown = await queryRows<{ id: string }>(manager, lockStatement, [locked, batch.posts]);
  const counts: Record<string, number> = {};
  for (const { kind, statement, values } of steps) {
    const [, count] = await manager.query<[unknown, number]>(statement, values({ ...batch, userId, batchSize }));
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + count;
  }
  const [left] = await queryRows<{ isComplete: boolean }>(manager, leftStatement, [userId]);
  return { counts, activityIds: shown.map(({ id }) => id), isComplete: left?.isComplete === true };
}

/** The ids of the activities that a batch changes. */
interface Batch {
  posts: string[];
  /** Posts that the user has deleted: their texts remain until the account is deleted. */
  removed: string[];
  liked: string[];
}

interface ErasureStep {
  /** The kind of the rows that the statement erases. */
  kind?: string;
  statement: string;
  values(batch: StepValues): unknown[];
}

const chooseStatement = `
  select
    array(select id from activities where author_id = $1 and deleted_at is null order by id desc limit $2) as posts,
    array(select id from activities where author_id = $1 and deleted_at is not null and message <> '' limit $2) as removed,
    array(select activity_id from likes where user_id = $1 limit $2) as liked`;

/**
 * Locks a reply before its parent, which is older, as the removal of a reply does, so that none deadlock. Returns those that
 * are shown.
 */
const lockStatement = `
  with locked as materialized (
    select id, deleted_at, expires_at from activities where id in (
      select unnest($1::uuid[]) union all select reply_to_id from activities where id = any($2::uuid[])
    )
    order by id desc for no key update
  )
  select id from locked where ${isKept('locked')} order by id desc`;

type StepValues = Batch & { userId: string; batchSize: number };

function ofUser({ userId }: StepValues): unknown[] {
  return [userId];
}

function someOfUser({ userId, batchSize }: StepValues): unknown[] {
  return [userId, batchSize];
}

const someMemberships =
  'member.activity_id in (select activity_id from notification_actors where actor_id = $1 limit $2)';

const steps: readonly ErasureStep[] = [
  { statement: 'delete from notification_preferences where user_id = $1', values: ofUser },
  {
    kind: 'notifications',
    statement: 'delete from notifications where id in (select id from notifications where user_id = $1 limit $2)',
    values: someOfUser,
  },
  {
    statement: 'delete from mail_digests where id in (select id from mail_digests where user_id = $1 limit $2)',
    values: someOfUser,
  },
  { statement: `with ${withoutActor('$1', someMemberships)} select 1`, values: someOfUser },
  {
    statement: `update notifications set actor_id = null
      where id in (select id from notifications where actor_id = $1 limit $2)`,
    values: someOfUser,
  },
  {
    kind: 'likes',
    statement: `with removed as (
        delete from likes where user_id = $1 and activity_id = any($2::uuid[]) returning activity_id
      )
      update activities set like_count = like_count - 1 where id in (select activity_id from removed)`,
    values: ({ userId, liked }) => [userId, liked],
  },
  {
    statement: `with replies as (
        select reply_to_id, cast(count(*) as integer) as count from activities
        where id = any($1::uuid[]) and reply_to_id is not null and deleted_at is null group by reply_to_id
      )
      update activities set reply_count = reply_count - replies.count from replies where activities.id = replies.reply_to_id`,
    values: ({ posts }) => [posts],
  },
  // Apart, since each has its own index.
  {
    kind: 'activities',
    statement: `update activities set message = '' where id = any($1::uuid[]) and deleted_at is not null`,
    values: ({ removed }) => [removed],
  },
  {
    kind: 'activities',
    statement: `update activities set message = '', deleted_at = coalesce(deleted_at, now()) where id = any($1::uuid[])`,
    values: ({ posts }) => [posts],
  },
  { kind: 'quotas', statement: 'delete from action_quotas where user_id = $1', values: ofUser },
];

const leftStatement = `
  select not exists (select from activities where author_id = $1 and deleted_at is null)
    and not exists (select from activities where author_id = $1 and deleted_at is not null and message <> '')
    and not exists (select from likes where user_id = $1)
    and not exists (select from notifications where user_id = $1)
    and not exists (select from notification_actors where actor_id = $1)
    and not exists (select from notifications where actor_id = $1)
    and not exists (select from mail_digests where user_id = $1) as "isComplete"`;
