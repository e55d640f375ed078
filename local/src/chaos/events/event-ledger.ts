/** A consumer of all events in the process of the drill, which records in which order it has applied them. */
import { readSettings, type Variables } from '@marquee/chassis/config/settings';
import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { startEventConsumer } from '@marquee/chassis/events/event-consumer';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { postgresInbox } from '@marquee/chassis/postgres/postgres-inbox';
import type { Closers } from '@marquee/chassis/process/closers';
import { openLog } from '@marquee/chassis/telemetry/log';
import { catalogue } from '@marquee/events/catalogue';
import { emulatedQueueUrl } from '@marquee/schema/event-channels';

/** The queue of the ledger. */
export const ledgerQueue = 'drill-ledger.fifo';

/** A database, and a transaction in it. */
export type DataSource = Postgres['source'];
type EntityManager = DataSource['manager'];

/** An applied event. */
export interface LedgerEntry {
  id: string;
  source: string;
  subject: string;
}

/** The events that were applied, in their order. */
export interface EventLedger {
  read(): Promise<LedgerEntry[]>;
}

/** @param variables of a service that uses the database and the emulator */
export async function openEventLedger(variables: Variables, closers: Closers): Promise<EventLedger> {
  const schema = `ledger_${variables['DATABASE_SCHEMA'] ?? ''}`;
  const settings = readSettings(schemaSettings, { ...variables, DATABASE_SCHEMA: schema });
  const { source, check } = closers.add(await openPostgres(settings, { entities: [] }));
  for (const statement of tables(schema)) await source.query(statement);
  const endpoint = variables['EVENTS_ENDPOINT'] ?? '';
  const consumer = startEventConsumer({
    settings: { EVENTS_ENDPOINT: endpoint, EVENTS_QUEUE_URL: emulatedQueueUrl(endpoint, ledgerQueue) },
    inbox: postgresInbox(source),
    reactions: catalogue.map((definition): EventReaction<EntityManager> => on(definition, record)),
    log: openLog('drill', '0', 'silent'),
    check,
  });
  closers.add(consumer);
  return { read: () => source.query<LedgerEntry[]>('select id, source, subject from ledger order by position') };
}

async function record({ id, source, subject }: LedgerEntry, manager: EntityManager): Promise<void> {
  await manager.query('insert into ledger (id, source, subject) values ($1, $2, $3)', [id, source, subject]);
}

function tables(schema: string): string[] {
  return [
    `create schema ${schema}`,
    'create table event_inbox (event_id uuid primary key, applied_at timestamptz not null default now())',
    `create table ledger (
      position bigint generated always as identity primary key, id uuid, source text, subject text)`,
  ];
}
