/**
 * The outbox of a service in Postgres: the tables `event_outbox` and `event_relay`, and the function
 * `emit_event(type, version, subject, data)`, which its migrations create. Triggers call the function, so that every change
 * emits its event in its own transaction, for every writer. They do so while the transaction holds the lock of the changed
 * row: the positions of the events of one subject are therefore in the order of their commits.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { EventDefinition } from '../events/domain-event.js';
import { type Outbox, type OutboxBacklog, type OutboxEntry, leaseSeconds, outboxDays } from '../events/outbox.js';
import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';
import { startSweeper } from '../timing/sweeper.js';

/** @param source its events have this source: the name of the service */
export function postgresOutbox(database: DataSource, source: string): Outbox {
  const holder = randomUUID();
  return {
    async read(limit, except = new Set()) {
      const rows = await database.query<OutboxRow[]>(readStatement, [holder, leaseSeconds, limit, [...except]]);
      if (rows.length === 0) return null;
      return rows.flatMap((row) => (row.position === null ? [] : [toEntry(row, source)]));
    },
    async markSent(positions) {
      await database.query('update event_outbox set sent_at = now() where position = any($1)', [positions]);
    },
    async confirm({ consumer, positions }) {
      const known = positions.filter((position) => /^\d{1,18}$/.test(position));
      await database.query(confirmStatement, [consumer, known]);
    },
    resend: (since) => countOf(database, resendStatement, [since]),
    resendUnconfirmed: (consumers) => countOf(database, resendUnconfirmedStatement, [consumers, outboxDays]),
    async recent(limit) {
      const rows = await database.query<(OutboxRow & { sent_at: Date | null })[]>(recentStatement, [limit]);
      return rows.map((row) => ({ event: toEntry(row, source).event, isSent: row.sent_at !== null }));
    },
    async backlog() {
      const [row] = await database.query<OutboxBacklog[]>(backlogStatement);
      return row ?? { unsent: 0, oldestSeconds: 0 };
    },
    async release() {
      await database.query(`update event_relay set held_until = '-infinity' where holder = $1`, [holder]);
    },
  };
}

async function countOf(database: DataSource, statement: string, values: readonly unknown[]): Promise<number> {
  const [row] = await database.query<{ count: number }[]>(statement, [...values]);
  return row?.count ?? 0;
}

/**
 * Emits an event that no trigger can describe, in the transaction of its change. The transaction must hold a lock that all
 * transactions with events of the subject take.
 * @throws ZodError if the data do not have the form of the type
 */
export async function emitEvent<Data>(
  manager: EntityManager,
  { type, version, data: form }: EventDefinition<Data>,
  { subject, data }: { subject: string; data: Data },
): Promise<void> {
  const text = JSON.stringify(form.parse(data));
  await manager.query('select emit_event($1, $2, $3, $4)', [type, version, subject, text]);
}

/** Removes published events that are no longer kept, now and every hour. */
export function startOutboxSweeper(database: DataSource, log: Logger): Closable {
  const sweep = async () => void (await database.query(removeStatement, [outboxDays]));
  return startSweeper(sweep, { log, subject: 'published events' });
}

interface OutboxRow {
  position: string | null;
  id: string;
  type: string;
  version: number;
  subject: string;
  data: unknown;
  traceparent: string | null;
  occurred_at: Date;
}

function toEntry(row: OutboxRow, source: string): OutboxEntry {
  const { id, type, version, subject, data, traceparent, occurred_at: time } = row;
  const trace = traceparent === null ? {} : { traceparent };
  return {
    position: String(row.position),
    event: { id, source, type, version, subject, time: time.toISOString(), ...trace, data },
  };
}

/** No row without the lease; one without a position if there is nothing to publish. */
const readStatement = `
  with lease as (
    update event_relay set holder = $1, held_until = clock_timestamp() + make_interval(secs => $2)
    where holder = $1 or held_until < clock_timestamp() returning 1
  )
  select page.* from lease left join lateral (
    select position, id, type, version, subject, data, traceparent, occurred_at
    from event_outbox where sent_at is null and subject <> all ($4) order by position limit $3
  ) as page on true
  order by page.position`;

const resendStatement = `
  with resent as (
    update event_outbox set sent_at = null, confirmed_by = '{}'
    where sent_at is not null and occurred_at >= $1 returning 1
  )
  select cast(count(*) as integer) as count from resent`;

const confirmStatement = `
  update event_outbox set confirmed_by = array_append(confirmed_by, $1::text)
  where position = any ($2) and not confirmed_by @> array[$1::text]`;

const resendUnconfirmedStatement = `
  with resent as (
    update event_outbox set sent_at = null
    where sent_at >= now() - make_interval(days => $2) and not confirmed_by @> $1 returning 1
  )
  select cast(count(*) as integer) as count from resent`;

const recentStatement = `
  select * from (
    select position, id, type, version, subject, data, traceparent, occurred_at, sent_at
    from event_outbox order by position desc limit $1
  ) as latest order by position`;

const backlogStatement = `
  select cast(count(*) as integer) as unsent,
    cast(coalesce(extract(epoch from clock_timestamp() - min(occurred_at)), 0) as float8) as "oldestSeconds"
  from event_outbox where sent_at is null`;

const removeStatement = 'delete from event_outbox where sent_at < now() - make_interval(days => $1)';
