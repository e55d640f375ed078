import { createStore, entities, type Store } from '@marquee/jobs/store';
import { DataSource, type Logger } from 'typeorm';

/** The store of the jobs service, which records its SQL statements. */
export interface RecordingStore {
  source: DataSource;
  store: Store;
  /** Runs `work` and returns the statements that it executed. */
  recordStatements(work: () => Promise<unknown>): Promise<Statement[]>;
  close(): Promise<void>;
}

export interface Statement {
  query: string;
  parameters: unknown[];
}

/** @param variables the database URL and a schema that the service has migrated */
export async function openRecordingStore(variables: Record<string, string>): Promise<RecordingStore> {
  let statements: Statement[] = [];
  const source = new DataSource({
    type: 'postgres',
    url: variables['DATABASE_URL'] ?? '',
    entities,
    extra: { options: `-c search_path=${variables['DATABASE_SCHEMA']},public` },
    logger: recordingLogger((statement) => statements.push(statement)),
  });
  await source.initialize();
  return {
    source,
    store: createStore(source),
    async recordStatements(work) {
      statements = [];
      await work();
      return statements;
    },
    close: () => source.destroy(),
  };
}

function recordingLogger(record: (statement: Statement) => void): Logger {
  const nothing = () => undefined;
  return {
    logQuery: (query, parameters: unknown[] = []) => record({ query, parameters }),
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
}
