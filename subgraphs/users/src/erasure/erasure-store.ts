import type { DataSource, EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { queryRows } from '../database/statements.js';
import { type IdPage, idOrder, idRange } from '../paging/id-page.js';
import { type ErasurePart, ErasurePartName, type ErasureReport } from './erasure-model.js';

/** The number of erased items, by their kind. */
export type ErasedCounts = Readonly<Record<string, number>>;

/** A part of an erasure that this process attempts. */
export interface ErasureTask {
  erasureId: string;
  userId: string;
  /** The subject of the tokens of the user. */
  sub: string;
  part: ErasurePartName.ACCOUNT | ErasurePartName.SIGN_IN | ErasurePartName.UPLOADS;
}

/** A part of an erasure that was erased. */
export interface ErasedPart {
  userId: string;
  part: ErasurePartName;
  counts: ErasedCounts;
  erasedAt: Date;
}

export type ErasureStore = ReturnType<typeof erasureStore>;

/** Seconds within which every erasure should be complete. */
const erasureSeconds = 60;

/** Keeps the reports on the erasure of deleted accounts, and its open tasks. */
export function erasureStore(source: DataSource) {
  return {
    /**
     * Chooses tasks that are due, so that no other process attempts them for a while: 15 seconds after the first attempt,
     * and twice as long after each further one, up to an hour.
     * @param userId only the tasks of this user
     */
    async claim(limit: number, userId: string | null = null): Promise<ErasureTask[]> {
      const [tasks] = await source.query<[ErasureTask[], number]>(claimStatement, [limit, userId]);
      return tasks;
    },
    /** Makes the rest of an account due now, after the tasks that are due already. This was no attempt of its own. */
    async resumeLater(erasureId: string): Promise<void> {
      await source.query(resumeStatement, [erasureId]);
    },
    /** Records a part as erased, and the erasure as complete after its last part. Idempotent. */
    complete: (part: ErasedPart): Promise<void> => source.transaction((manager) => completePart(manager, part)),
    /** The number of erasures that are not complete in time. */
    async overdue(): Promise<number> {
      const [row] = await queryRows<{ count: number }>(source, overdueStatement, [erasureSeconds]);
      return row?.count ?? 0;
    },
    async reportOf(userId: string): Promise<ErasureReport | null> {
      const [row] = await queryRows<ReportRow>(source, `${reports} where user_id = $1`, [userId]);
      return row ? toReport(row) : null;
    },
    async latest(openOnly: boolean, page: IdPage): Promise<ErasureReport[]> {
      const { after, before } = idRange(page);
      const statement = `${latestStatement} order by id ${idOrder(page)} limit $4`;
      const rows = await queryRows<ReportRow>(source, statement, [after, before, openOnly, page.limit]);
      return rows.map(toReport);
    },
  };
}

/** Times within JSON are texts. */
type ReportRow = Omit<ErasureReport, 'parts'> & {
  parts: (Omit<ErasurePart, 'erasedAt'> & { erasedAt: string | null })[];
};

function toReport({ parts, ...report }: ReportRow): ErasureReport {
  const dated = parts.map((part) => ({ ...part, erasedAt: part.erasedAt === null ? null : new Date(part.erasedAt) }));
  return { ...report, parts: dated };
}

/** A step of the erasure of the data in this database. */
interface ErasureProgress {
  counts: ErasedCounts;
  /** Whether nothing is left to erase. */
  isComplete: boolean;
}

/** Begins the erasure of an account, in the transaction that has erased its data or the first of them. */
export async function beginErasure(
  manager: EntityManager,
  userId: string,
  { counts, isComplete }: ErasureProgress,
): Promise<void> {
  const id = v7();
  await manager.query('insert into erasures (id, user_id) values ($1, $2)', [id, userId]);
  await manager.query(beginStatement, [id, JSON.stringify(counts), Object.values(ErasurePartName), isComplete]);
  // Until the last of them is erased.
  await manager.query(isComplete ? unhideAuthorStatement : hideAuthorStatement, [userId]);
}

/** Makes other steps of the erasure of a user wait until the transaction ends. */
export async function holdErasure(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('select from erasures where user_id = $1 for no key update', [userId]);
}

/** Adds a step to the part ACCOUNT, in the transaction that has erased it, and keeps other processes from attempting the next. */
export async function recordProgress(
  manager: EntityManager,
  userId: string,
  { counts, isComplete }: ErasureProgress,
): Promise<void> {
  await manager.query(progressStatement, [userId, JSON.stringify(counts), isComplete]);
  if (isComplete) await manager.query(unhideAuthorStatement, [userId]);
  await manager.query(completeErasureStatement, [userId]);
}

/**
 * Records a part as erased, and the erasure as complete after its last part. Idempotent. Changes nothing for a user without
 * a report.
 */
export async function completePart(
  manager: EntityManager,
  { userId, part, counts, erasedAt }: ErasedPart,
): Promise<void> {
  // The last two parts must not overlook each other.
  await holdErasure(manager, userId);
  await manager.query(completePartStatement, [userId, part, JSON.stringify(counts), erasedAt]);
  await manager.query(completeErasureStatement, [userId]);
}

/** A user who was deactivated a moment before is hidden already. */
const hideAuthorStatement = 'insert into hidden_authors (user_id) values ($1) on conflict do nothing';

/** Nothing is left to hide. */
const unhideAuthorStatement = 'delete from hidden_authors where user_id = $1';

const beginStatement = `
  insert into erasure_parts (erasure_id, part, counts, erased_at)
  select $1, part, case when part = 'ACCOUNT' then $2::jsonb else '{}' end,
    case when part = 'ACCOUNT' and $4::boolean then now() end
  from unnest($3::text[]) as part`;

const claimStatement = `
  with due as (
    select erasure_id, part from erasure_parts
    where erased_at is null and part in ('ACCOUNT', 'SIGN_IN', 'UPLOADS') and next_attempt_at <= clock_timestamp()
      and ($2::uuid is null or erasure_id = (select id from erasures where user_id = $2))
    order by next_attempt_at limit $1 for update skip locked
  )
  update erasure_parts attempted set attempts = least(attempts + 1, 1000),
    next_attempt_at = clock_timestamp() + least(15 * 2 ^ least(attempts, 10), 3600) * interval '1 second'
  from due, erasures, users
  where (attempted.erasure_id, attempted.part) = (due.erasure_id, due.part)
    and erasures.id = attempted.erasure_id and users.id = erasures.user_id
  returning attempted.erasure_id as "erasureId", users.id as "userId", users.sub, attempted.part`;

const resumeStatement = `
  update erasure_parts set next_attempt_at = clock_timestamp(), attempts = greatest(attempts - 1, 0)
  where erasure_id = $1 and part = 'ACCOUNT' and erased_at is null`;

const progressStatement = `
  update erasure_parts part set
    counts = (
      select coalesce(jsonb_object_agg(kind, count), '{}') from (
        select key as kind, sum(cast(value as integer)) as count from (
          select * from jsonb_each_text(part.counts) union all select * from jsonb_each_text($2::jsonb)
        ) as erased group by key
      ) as summed
    ),
    erased_at = case when $3::boolean then now() end, next_attempt_at = clock_timestamp() + interval '15 seconds'
  where erasure_id = (select id from erasures where user_id = $1) and part = 'ACCOUNT' and erased_at is null`;

const completePartStatement = `
  update erasure_parts set erased_at = $4, counts = $3
  where erasure_id = (select id from erasures where user_id = $1) and part = $2 and erased_at is null`;

const completeErasureStatement = `
  update erasures set completed_at = (select max(erased_at) from erasure_parts where erasure_id = erasures.id)
  where user_id = $1 and completed_at is null
    and not exists (select from erasure_parts where erasure_id = erasures.id and erased_at is null)`;

const overdueStatement = `
  select cast(count(*) as integer) as count from erasures
  where completed_at is null and requested_at < now() - make_interval(secs => $1)`;

const reports = `
  select id, user_id as "userId", requested_at as "requestedAt", completed_at as "completedAt", array(
    select jsonb_build_object('name', part, 'erasedAt', erased_at, 'attempts', attempts, 'items', array(
      select jsonb_build_object('kind', key, 'count', value) from jsonb_each(counts) order by key
    )) from erasure_parts where erasure_id = erasures.id order by erased_at nulls last, part
  ) as parts from erasures`;

const latestStatement = `${reports} where id < $1 and id > $2 and not ($3 and completed_at is not null)`;
