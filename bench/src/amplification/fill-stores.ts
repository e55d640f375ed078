import { DataSource } from 'typeorm';
import { openDocuments } from '../system/dynamo-documents.js';
import type { SystemUnderTest } from '../system/system-under-test.js';
import { loadConversations } from './conversations-loader.js';
import { loadJobs } from './jobs-loader.js';
import { loadShows } from './shows-loader.js';
import type { StoreSizes } from './store-sizes.js';
import { loadUsers } from './users-loader.js';

/** The user that owns rows in every store. */
export const owner = 'dev-hiring-001';

const maxParticipants = 50;

/** Fills the stores of a graph that was seeded, beside its services. */
export async function fillStores(system: SystemUnderTest, sizes: StoreSizes): Promise<void> {
  const users = await connectDatabase(system, 'users');
  const jobs = await connectDatabase(system, 'jobs');
  const { documents, close } = openDocuments(system);
  try {
    await withoutTriggers(users, () => loadUsers(users, sizes));
    const participants = await participantIds(users);
    await withoutTriggers(jobs, () => loadJobs(jobs, sizes, participants[0] ?? ''));
    await loadShows(documents, sizes);
    await loadConversations(documents, sizes, participants);
  } finally {
    close();
    await Promise.all([users.destroy(), jobs.destroy()]);
  }
}

/**
 * Runs without the triggers that log changes and emit events: services would receive an event for every row, and would
 * still be busy with them while operations are measured.
 */
async function withoutTriggers(source: DataSource, load: () => Promise<void>): Promise<void> {
  const tables = await source.query<{ name: string }[]>(tablesStatement);
  const alterAll = async (action: string): Promise<void> => {
    for (const { name } of tables) await source.query(`alter table "${name}" ${action} trigger user`);
  };
  await alterAll('disable');
  await load();
  await alterAll('enable');
}

const tablesStatement = 'select tablename as name from pg_tables where schemaname = current_schema()';

/** The role's limit of the time of a statement is for requests, not for statements that insert all rows. */
export function connectDatabase(system: SystemUnderTest, service: string): Promise<DataSource> {
  const { DATABASE_URL: url = '', DATABASE_SCHEMA: schema } = system.databaseVariables(service);
  const options = `-c search_path=${schema},public -c synchronous_commit=off -c statement_timeout=0`;
  return new DataSource({ type: 'postgres', url, extra: { options } }).initialize();
}

/** The owner first. */
async function participantIds(users: DataSource): Promise<string[]> {
  const rows = await users.query<{ id: string }[]>('select id from users order by (sub = $1) desc, id limit $2', [
    owner,
    maxParticipants,
  ]);
  return rows.map(({ id }) => id);
}
