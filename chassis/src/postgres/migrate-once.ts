import { readSettings, SettingsError } from '../config/settings.js';
import { openPostgres, schemaSettings } from './open-database.js';

/**
 * Brings a service's schema up to date, for a deployment to run once before it starts the new version. The process ends
 * with 0 when the schema is as the files say, 78 when the environment does not fit, and 1 otherwise.
 *
 * @param folder the service's `NNNN_name.sql` files
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
