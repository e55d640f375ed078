import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@marquee/testkit/ports';
import { startWatchdog } from '../process/watchdog.js';
import { openDynamodb } from '../stores/dynamodb.js';
import { openPostgres } from '../stores/postgres/open-postgres.js';

/** The temporary stores of one test run. */
export interface TestStores {
  databaseUrl: string;
  dynamodbEndpoint: string;
  close(): Promise<void>;
}

/** Starts both stores on free ports with temporary data. They are also stopped when the test run is killed. */
export async function openTestStores(): Promise<TestStores> {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-test-'));
  // Postgres may run as another account, which needs access to the directory.
  await chmod(directory, 0o711);
  const watchdog = startWatchdog(`sleep 1; rm -rf '${directory}'`);
  const [postgres, dynamodb] = await Promise.all([
    openPostgres({
      directory: join(directory, 'postgres'),
      port: await freePort(),
      adminPassword: randomBytes(16).toString('hex'),
      tenants: [],
      durable: false,
    }),
    openDynamodb({ port: 0 }),
  ]);
  return {
    databaseUrl: postgres.adminUrl,
    dynamodbEndpoint: dynamodb.endpoint,
    async close() {
      await Promise.all([postgres.close(), dynamodb.close()]);
      await rm(directory, { recursive: true, force: true });
      watchdog.dismiss();
    },
  };
}
