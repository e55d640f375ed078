import { readSettings, SettingsError } from '../config/settings.js';
import { openPostgres, schemaSettings } from './open-database.js';

/**
 * Applies the pending migrations of a service: a deployment runs it once before it starts the new version. Sets the exit
 * code: 0 if the schema is up to date, 78 (EX_CONFIG) if the environment is invalid, 1 otherwise.
 *
 * @param folder the folder with the service's `NNNN_name.sql` files
 */
export async function migrateOnce(folder: URL): Promise<void> {
  try {
    const settings = readSettings(schemaSettings);
    const database = await openPostgres(settings, { entities: [], migrations: folder });
    await database.close();
    process.stdout.write(`${settings.DATABASE_SCHEMA} is up to date\n`);
  } catch (failure) {
    process.stderr.write(`${(failure as Error).message}\n`);
    process.exitCode = failure instanceof SettingsError ? 78 : 1;
  }
}
