import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missingPgBouncerReason, openPgBouncer, type PgBouncer } from '@marquee/testkit/pgbouncer';
import { freshRole, freshSchema } from '@marquee/testkit/test-stores';
import pg from 'pg';
import { openUsersTestbed, type UsersTestbed } from './fixtures/users-testbed.js';

const missing = missingPgBouncerReason();
if (missing) process.stdout.write(`subgraphs/users/test/pgbouncer.test.ts: all tests were skipped: ${missing}\n`);

(missing ? describe.skip : describe)('the service behind PgBouncer in transaction mode', () => {
  let administrator: pg.Client;
  let bouncer: PgBouncer;
  let testbed: UsersTestbed;

  beforeAll(async () => {
    administrator = new pg.Client({ connectionString: freshSchema()['DATABASE_URL'] });
    await administrator.connect();
    const role = await freshRole((sql) => administrator.query(sql));
    bouncer = await openPgBouncer(role['DATABASE_URL'] ?? '');
    testbed = await openUsersTestbed({ ...role, DATABASE_URL: bouncer.url, DATABASE_STATEMENT_SECONDS: '20' });
  });
  afterAll(async () => {
    await testbed.close();
    await bouncer.close();
    await administrator.end();
  });

  test('answers queries and mutations of many callers at once', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => testbed.person()));
    const ids = await Promise.all(people.map((person, index) => testbed.post(person, `Message ${index}`)));
    const likes = await Promise.all(people.map((person) => testbed.like(person, ids[0] ?? '')));
    expect(likes.flatMap(({ errors }) => errors)).toEqual([]);
    const page = '{ me { handle } feed(first: 5) { edges { node { author { handle } } } } }';
    const pages = await Promise.all(people.map((caller) => testbed.request(page, { caller })));
    expect(pages.flatMap(({ errors }) => errors)).toEqual([]);
    expect(pages.map(({ data }) => [typeof data.me.handle, data.feed.edges.length])).toEqual(
      people.map(() => ['string', 5]),
    );
  });

  test('has a limit for statements at the server', async () => {
    const read = () => testbed.sql('show statement_timeout');
    // A connection that PgBouncer opened before the limit was set does not have it.
    while (((await read()) as { statement_timeout: string }[])[0]?.statement_timeout === '0') await wait(100);
    expect(await read()).toEqual([{ statement_timeout: '22s' }]);
  });
});
