import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { openLog } from '@marquee/chassis/telemetry/log';
import { DataSource } from 'typeorm';
import { accountErasureStore, eraseTraces } from '../../src/accounts/account-erasure.js';
import { createChangeAnnouncer } from '../../src/activities/change-announcer.js';
import { beginErasure, erasureStore } from '../../src/erasure/erasure-store.js';
import { type ErasureWorker, startErasureWorker } from '../../src/erasure/erasure-worker.js';
import { directDelivery } from '../../src/media/storage/content-delivery.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let source: DataSource;
let large: UserCaller;
let small: UserCaller;
let warnings: unknown[];
beforeAll(async () => {
  testbed = await openUsersTestbed();
  [large, small] = [await testbed.person(), await testbed.person()];
  // Only the worker of the test erases.
  await testbed.stop();
  await testbed.sql(
    `insert into activities (id, author_id, message, expires_at)
      select gen_random_uuid(), $1, 'One of many.', now() + interval '1 day' from generate_series(1, 3000)`,
    [large.id],
  );
  for (const person of [large, small]) await closeAccount(person);
});
beforeEach(async () => {
  warnings = [];
  source = await new DataSource({
    type: 'postgres',
    url: testbed.environment['DATABASE_URL']!,
    extra: { options: `-c search_path=${testbed.environment['DATABASE_SCHEMA']}` },
  }).initialize();
});
afterEach(() => (source.isInitialized ? source.destroy() : undefined));
afterAll(() => testbed.close());

test('a large account leaves a turn to the other tasks that are due', async () => {
  await testbed.sql(
    `update erasure_parts set next_attempt_at = clock_timestamp() + interval '1 second'
      where erasure_id = (select id from erasures where user_id = $1)`,
    [small.id],
  );
  const worker = startWorker();
  // The large one takes at least 75 seconds.
  for (const deadline = Date.now() + 40_000; (await openParts(small)) > 0; await wait(100))
    if (Date.now() > deadline) throw new Error('The small account waits for the large one.');
  expect(await dueAccounts(large)).toHaveLength(1);
  await worker.close();
}, 60_000);

test('closing waits for an erasure that a deletion has begun, and leaves the rest to the next process', async () => {
  await testbed.sql(`update erasure_parts set next_attempt_at = clock_timestamp() + interval '1 hour'`);
  const worker = startWorker();
  await worker.eraseNow(small.id);
  await testbed.sql('update erasure_parts set next_attempt_at = clock_timestamp()');
  await worker.eraseNow(large.id);
  await worker.close();
  await source.destroy();
  expect(warnings).toEqual([]);
  const [account] = await dueAccounts(large);
  expect(account).toEqual({ isDue: true });
}, 30_000);

/** Erases one item of each kind in a batch. */
function startWorker(): ErasureWorker {
  const log = openLog('users', 'test', 'silent');
  log.warn = (...line: unknown[]) => void warnings.push(line);
  const done = () => Promise.resolve();
  return startErasureWorker({
    store: erasureStore(source),
    accounts: accountErasureStore(source, 1),
    announcer: createChangeAnnouncer(createProcessBus(), openLog('users', 'test', 'silent')),
    signIns: { remove: () => Promise.resolve(true) },
    uploads: {
      store: { uploadsOf: () => Promise.resolve([]), remove: done },
      storage: { unpublish: done, deleteUpload: done },
      delivery: directDelivery,
    },
    log,
  });
}

function closeAccount({ id }: UserCaller): Promise<void> {
  return testbed.transaction(async (manager) => {
    await beginErasure(manager, id, await eraseTraces(manager, id, 1));
    await manager.query('update users set is_active = false, deleted_at = now() where id = $1', [id]);
  });
}

/** The number of parts of an erasure that the worker has not erased. */
async function openParts({ id }: UserCaller): Promise<number> {
  const statement = `select from erasure_parts where erasure_id = (select id from erasures where user_id = $1)
    and erased_at is null and part in ('ACCOUNT', 'SIGN_IN', 'UPLOADS')`;
  return (await testbed.sql(statement, [id])).length;
}

/** The part ACCOUNT unless it is erased. */
function dueAccounts({ id }: UserCaller): Promise<{ isDue: boolean }[]> {
  const statement = `select next_attempt_at <= clock_timestamp() as "isDue" from erasure_parts
    where erasure_id = (select id from erasures where user_id = $1) and part = 'ACCOUNT' and erased_at is null`;
  return testbed.sql(statement, [id]);
}
