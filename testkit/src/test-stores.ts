import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { z } from 'zod';
import { readSettings } from '@marquee/chassis/config/settings';
import { type StoreRequest, storeRequestChannel } from '@marquee/chassis/telemetry/store-requests';

const testSettings = z.object({ TEST_DATABASE_URL: z.string(), TEST_DYNAMODB_ENDPOINT: z.string() });

/** The environment of a service with a new Postgres schema, on the server of the test run. */
export function freshSchema(): Record<string, string> {
  const { TEST_DATABASE_URL } = readSettings(testSettings);
  return { DATABASE_URL: TEST_DATABASE_URL, DATABASE_SCHEMA: `t_${unique()}`, DATABASE_POOL: '10' };
}

/**
 * As `freshSchema`, for a new role that has the name of the schema, as deployments have it.
 * @param run runs a statement as an administrator of the database
 */
export async function freshRole(run: (sql: string) => Promise<unknown>): Promise<Record<string, string>> {
  const { DATABASE_URL = '', DATABASE_SCHEMA = '', ...rest } = freshSchema();
  await run(`create role ${DATABASE_SCHEMA} login password 'first'`);
  await run(`create schema ${DATABASE_SCHEMA} authorization ${DATABASE_SCHEMA}`);
  const url = Object.assign(new URL(DATABASE_URL), { username: DATABASE_SCHEMA, password: 'first' });
  return { DATABASE_URL: url.href, DATABASE_SCHEMA, ...rest };
}

/** The environment of a service with a new DynamoDB table, on the emulator of the test run. */
export function freshTable(): Record<string, string> {
  const { TEST_DYNAMODB_ENDPOINT } = readSettings(testSettings);
  return { DYNAMODB_ENDPOINT: TEST_DYNAMODB_ENDPOINT, TABLE_NAME: `t_${unique()}`, CREATE_TABLE: 'true' };
}

/** How the statements of timers begin that look for due work: they run at any time, beside the observed work. */
const ofTimer = /^\s*with (due|waiting|claimed) as \(/;

/** Runs `work` and returns its result, with all store requests of this process in the meantime but those of timers. */
export async function observeStores<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; requests: StoreRequest[] }> {
  const requests: StoreRequest[] = [];
  const record = (request: unknown) => {
    if (!ofTimer.test((request as StoreRequest).statement)) requests.push(request as StoreRequest);
  };
  subscribe(storeRequestChannel, record);
  try {
    return { result: await work(), requests };
  } finally {
    unsubscribe(storeRequestChannel, record);
  }
}

function unique(): string {
  return randomBytes(8).toString('hex');
}
