import { createStore, entities, type Store } from '@marquee/jobs/store';
import { DataSource, type Logger } from 'typeorm';

/** The store of the jobs service, with its statements to look at. */
export interface RecordingStore {
  source: DataSource;
  store: Store;
  /** Runs work and returns the statements that it made. */
  recordStatements(work: () => Promise<unknown>): Promise<Statement[]>;
  close(): Promise<void>;
}

export interface Statement {
  query: string;
  parameters: unknown[];
}

/** @param variables name the database and its schema, which a service has migrated */
export async function openRecordingStore(variables: Record<string, string>): Promise<RecordingStore> {
  let watched: Statement[] = [];
  const source = new DataSource({
    type: 'postgres',
    url: variables['DATABASE_URL'] ?? '',
    entities,
    extra: { options: `-c search_path=${variables['DATABASE_SCHEMA']},public` },
    logger: watcher((statement) => watched.push(statement)),
  });
  await source.initialize();
  return {
    source,
    store: createStore(source),
    async recordStatements(work) {
      watched = [];
      await work();
      return watched;
    },
    close: () => source.destroy(),
  };
}

function watcher(note: (statement: Statement) => void): Logger {
  const nothing = () => undefined;
  return {
    logQuery: (query, parameters: unknown[] = []) => note({ query, parameters }),
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
}
