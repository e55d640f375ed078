/**
 * The change log of a service in Postgres: the tables `change_streams` and `change_log`, with the trace of each change, and
 * the function `append_change(stream, subject)`, which its migrations create. Triggers call the function, so that all writers
 * append in their own transaction, also those of the version before during a deployment.
 *
 * The function locks the row of its stream in `change_streams` until the commit, so that sequences become visible in their
 * order, and a transaction that is rolled back leaves no hole. A transaction changes logged rows last, or holds another
 * lock that orders the writers of the stream, so that the lock is brief and writers cannot deadlock.
 */
import type { DataSource } from 'typeorm';
import { type Change, type ChangeLog, changeLogDays } from '../bus/change-log.js';
import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';
import { startSweeper } from '../timing/sweeper.js';

export function postgresChangeLog(source: DataSource): ChangeLog {
  return {
    async read(stream, after, limit) {
      const rows = await source.query<ReadRow[]>(readStatement, [stream, after, limit]);
      return { last: rows[0]?.last ?? 0, changes: rows.flatMap(changeOf) };
    },
    async lastSequences(streams) {
      const rows = await source.query<{ stream: string; last: number }[]>(lastStatement, [streams]);
      return new Map(rows.map(({ stream, last }) => [stream, last]));
    },
  };
}

interface ReadRow {
  last: number;
  sequence: Change['sequence'] | null;
  subject: Change['subject'];
  traceparent: string | null;
}

function changeOf({ sequence, subject, traceparent }: ReadRow): Change[] {
  return sequence === null ? [] : [{ sequence, subject, ...(traceparent !== null && { traceparent }) }];
}

/** One snapshot, so that `last` and the changes agree. */
const readStatement = `
  select streams.last_sequence as last, page.sequence, page.subject, page.traceparent
  from change_streams streams left join lateral (
    select sequence, subject, traceparent from change_log
    where stream = streams.stream and sequence > $2 order by sequence limit $3
  ) as page on true
  where streams.stream = $1 order by page.sequence`;

const lastStatement = 'select stream, last_sequence as last from change_streams where stream = any($1)';

/** Changes that one statement removes. */
const sweepSize = 5_000;

/** Removes changes older than `changeLogDays`, now and every hour. */
export function startChangeLogSweeper(source: DataSource, log: Logger): Closable {
  const sweep = async () => {
    while ((await removeOldChanges(source)) === sweepSize);
  };
  return startSweeper(sweep, { log, subject: 'old changes' });
}

/** Removes up to 5,000 changes that are too old, and returns their number. */
export async function removeOldChanges(source: DataSource): Promise<number> {
  const [removed] = await source.query<{ count: number }[]>(removeStatement, [changeLogDays, sweepSize]);
  return removed?.count ?? 0;
}

const removeStatement = `
  with removed as (
    delete from change_log where (stream, sequence) in (
      select stream, sequence from change_log where changed_at < now() - make_interval(days => $1)
      order by changed_at limit $2)
    returning 1
  )
  select cast(count(*) as integer) as count from removed`;
