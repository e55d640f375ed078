import { readSettings } from '@marquee/chassis/config/settings';
import { readSecret } from '@marquee/chassis/config/secrets-manager';
import { schemaSettings } from '@marquee/chassis/postgres/open-database';

const secretSettings = schemaSettings
  .pick({ AWS_REGION: true, DATABASE_SECRET_ID: true, SECRETS_ENDPOINT: true })
  .required({ DATABASE_SECRET_ID: true });

/** Sets DATABASE_URL from Secrets Manager, because the function's configuration contains only the secret's ARN. */
export async function loadDatabaseUrl(): Promise<void> {
  if (process.env.DATABASE_URL !== undefined) return;
  const settings = readSettings(secretSettings);
  process.env.DATABASE_URL = await readSecret(settings.DATABASE_SECRET_ID, settings);
}

/** The directories of native libraries, the only variable that a process without access to anything needs. */
export function libraryPath(): { LD_LIBRARY_PATH?: string | undefined } {
  const { LD_LIBRARY_PATH } = process.env;
  return { LD_LIBRARY_PATH };
}
