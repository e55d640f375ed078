import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { badPaths, codes, gateway, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('a new subject', () => {
  test('becomes a freelancer with a handle from the name', async () => {
    const { data } = await principal({ sub: 'first-1', name: 'Zoë  Ångström-Öhm', email: 'zoe@example.com' });
    expect(data.principal).toMatchObject({ role: 'FREELANCER', isActive: true });
    expect(await userOf('first-1')).toMatchObject({ handle: 'zoe_angstrom_ohm', display_name: 'Zoë  Ångström-Öhm' });
  });

  test('gets a handle from the email if the name yields none', async () => {
    await principal({ sub: 'first-2', name: '李', email: 'Li.Wei+news@example.com' });
    expect(await userOf('first-2')).toMatchObject({ handle: 'li_wei', display_name: '李' });
  });

  test('never gets a display name from the email', async () => {
    await principal({ sub: 'first-3', email: 'private.person@example.com' });
    expect(await userOf('first-3')).toMatchObject({ handle: 'private_person', display_name: 'private_person' });
  });

  test('gets a generated handle without name and email', async () => {
    await principal({ sub: 'first-4' });
    expect((await userOf('first-4')).handle).toMatch(/^member_\d+$/);
  });

  test('never gets a reserved handle', async () => {
    await principal({ sub: 'first-5', name: 'Admin', email: 'support@example.com' });
    expect((await userOf('first-5')).handle).toMatch(/^member_\d+$/);
  });

  test('is not shown by a name that contains an email', async () => {
    for (const [sub, name] of [
      ['mail-1', 'ada@example.com'],
      ['mail-2', 'Ada <ada@example.com>'],
    ] as const) {
      await principal({ sub, name });
      expect((await userOf(sub)).display_name).toMatch(/^member_\d+$/);
    }
  });

  test('is created in spite of an invalid email or name', async () => {
    const { data } = await principal({ sub: 'first-6', name: '\u0000', email: 'not an email' });
    expect(data.principal.isActive).toBe(true);
    expect(await userOf('first-6')).toMatchObject({ email: null });
  });

  test('gets the given role, which is ignored for an existing user', async () => {
    expect((await principal({ sub: 'first-7', role: 'REVIEWER' })).data.principal.role).toBe('REVIEWER');
    expect((await principal({ sub: 'first-7', role: 'ADMIN' })).data.principal.role).toBe('REVIEWER');
  });

  test('is rejected with an unknown role', async () => {
    const response = await principal({ sub: 'first-8', role: 'EMPEROR' });
    expect(codes(response)).toEqual(['BAD_USER_INPUT']);
    expect(badPaths(response)).toEqual(['principal.role']);
  });

  test('is created once by 50 concurrent requests', async () => {
    const answers = await Promise.all(fifty(() => principal({ sub: 'parallel', name: 'Paula Parallel' })));
    expect(new Set(answers.map(({ data }) => data.principal.id)).size).toBe(1);
    expect(await testbed.sql(`select from users where sub = 'parallel'`)).toHaveLength(1);
  });

  test('gets a unique handle among 50 concurrent subjects of the same name', async () => {
    const answers = await Promise.all(fifty((index) => principal({ sub: `same-${index}`, name: 'Sam Same' })));
    expect(new Set(answers.map(({ data }) => data.principal.id)).size).toBe(50);
    const rows = await testbed.sql<{ handle: string }>(`select handle from users where sub like 'same-%'`);
    expect(rows.filter(({ handle }) => /^sam_same(_\d+)?$/.test(handle))).toHaveLength(50);
  });
});

describe('a known subject', () => {
  test('takes one statement', async () => {
    await principal({ sub: 'known-1' });
    const { requests } = await observeStores(() => principal({ sub: 'known-1' }));
    expect(requests).toHaveLength(1);
  });

  test('takes one statement together with others, and one that is rejected does not affect them', async () => {
    await testbed.request(severalPrincipals, { caller: gateway });
    const { result, requests } = await observeStores(() => testbed.request(severalPrincipals, { caller: gateway }));
    expect(requests).toHaveLength(1);
    expect(codes(result)).toEqual(['BAD_USER_INPUT']);
    const { one, two, three } = result.data;
    expect([one.role, two.role, three]).toEqual(['REVIEWER', 'FREELANCER', null]);
    expect(await userOf('several-2')).toMatchObject({ email: 'two@example.com' });
  });

  test('is found while another transaction has locked its row', async () => {
    const { data } = await principal({ sub: 'locked-1' });
    await testbed.sql(`update users set last_seen_at = null where sub = 'locked-1'`);
    const locked = await testbed.lock(`select from users where sub = 'locked-1' for update`);
    expect((await principal({ sub: 'locked-1' })).data.principal.id).toBe(data.principal.id);
    await locked.release();
  });

  test('has its visit recorded at most once a minute', async () => {
    await principal({ sub: 'known-2' });
    await testbed.sql(`update users set last_seen_at = now() - interval '50 seconds' where sub = 'known-2'`);
    const before = (await userOf('known-2')).last_seen_at;
    await principal({ sub: 'known-2' });
    expect((await userOf('known-2')).last_seen_at).toEqual(before);
    await testbed.sql(`update users set last_seen_at = now() - interval '2 minutes' where sub = 'known-2'`);
    await principal({ sub: 'known-2' });
    expect((await userOf('known-2')).last_seen_at?.getTime()).toBeGreaterThan(before?.getTime() ?? Infinity);
  });

  test('adopts a changed email and keeps the old one when none is given', async () => {
    await principal({ sub: 'known-3', email: 'old@example.com' });
    await principal({ sub: 'known-3', email: 'new@example.com' });
    await principal({ sub: 'known-3' });
    expect((await userOf('known-3')).email).toBe('new@example.com');
  });
});

describe('a caller other than the gateway', () => {
  const others: Caller[] = [
    { kind: 'guest' },
    machineCaller('shows.read'),
    { kind: 'user', id: 'x', sub: 'x', role: 'ADMIN', scopes: [] },
  ];
  test.each(others)('is rejected: $kind', async (caller) => {
    expect(codes(await principal({ sub: 'stranger' }, caller))).toEqual(['FORBIDDEN']);
    expect(await testbed.sql(`select from users where sub = 'stranger'`)).toEqual([]);
  });
});

const severalPrincipals = `{
  one: principal(sub: "several-1", role: "REVIEWER") { id role }
  two: principal(sub: "several-2", email: "two@example.com") { id role }
  three: principal(sub: "several-3", role: "EMPEROR") { id role }
}`;

interface StoredUser {
  handle: string;
  display_name: string;
  email: string | null;
  last_seen_at: Date | null;
}

async function userOf(sub: string): Promise<StoredUser> {
  const [user] = await testbed.sql<StoredUser>('select * from users where sub = $1', [sub]);
  if (!user) throw new Error(`no user ${sub}`);
  return user;
}

function principal(variables: object, caller: Caller = gateway): Promise<GraphqlResponse> {
  const document = `query ($sub: String!, $email: String, $name: String, $role: String) {
    principal(sub: $sub, email: $email, name: $name, role: $role) { id role isActive }
  }`;
  return testbed.request(document, { caller, variables });
}

function fifty<Result>(make: (index: number) => Result): Result[] {
  return Array.from({ length: 50 }, (_, index) => make(index));
}
