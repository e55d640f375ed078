import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { missingRedisReason, openRedisServer } from '@marquee/testkit/redis-server';
import { createUser, mutation, type UserClient } from './fixtures/graph-client.js';
import { startGraph } from './fixtures/whole-graph.js';

const missing = missingRedisReason();
if (missing) process.stderr.write(`Not run, because ${missing}: the tests of role changes over the bus.\n`);

(missing ? describe.skip : describe)('with a bus, the gateway applies to all services at once', () => {
  const closers = new Closers();
  let url: string;
  let admin: UserClient;

  beforeAll(async () => {
    const redis = closers.add(await openRedisServer());
    // A cached principal is valid for longer than a change may take: only the bus can deliver it in time.
    const variables = { REDIS_URL: redis.url };
    const gateway = { ...variables, PRINCIPAL_SECONDS: '25' };
    url = (await startGraph(closers, { services: variables, gateway })).gateway.url;
    admin = await createUser(url, 'ADMIN');
  });
  afterAll(() => closers.close());

  test('a demotion: no administration in the services of jobs and shows', async () => {
    const former = await createUser(url, 'ADMIN');
    expect(await codes(former)).toEqual([]);
    await admin.mutate('setUserRole', { userId: former.id, role: 'FREELANCER' });
    await until(former, ['FORBIDDEN']);
    expect((await former.request('mutation { deleteShow(input: { slug: "show/x" }) { slug } }')).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('a promotion', async () => {
    const next = await createUser(url, 'FREELANCER');
    expect(await codes(next)).toEqual(['FORBIDDEN']);
    await admin.mutate('setUserRole', { userId: next.id, role: 'ADMIN' });
    expect(await until(next, [])).toEqual([]);
  });

  test('a deactivation', async () => {
    const person = await createUser(url, 'ADMIN');
    await admin.mutate('setUserActive', { userId: person.id, isActive: false });
    expect(await until(person, ['UNAUTHENTICATED'])).toEqual(['UNAUTHENTICATED']);
  });

  test('a deletion', async () => {
    const person = await createUser(url, 'ADMIN');
    await person.mutate('deleteMyAccount', {});
    expect(await until(person, ['UNAUTHENTICATED'])).toEqual(['UNAUTHENTICATED']);
  });
});

/** The error codes of an operation for admins. */
async function codes(user: UserClient): Promise<unknown[]> {
  const input = { category: 'GENRE', label: `Genre ${Math.random()}` };
  const { errors } = await user.request(mutation('saveTaxonomyTerm', '__typename'), { input });
  return errors.map(({ extensions }) => extensions['code']);
}

/** Repeats the operation until it has these error codes, which takes less time than a cached principal is valid. */
async function until(user: UserClient, expected: readonly unknown[]): Promise<unknown[]> {
  const startedAt = performance.now();
  let found = await codes(user);
  for (; String(found) !== String(expected); found = await codes(user)) await wait(20);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  return found;
}
