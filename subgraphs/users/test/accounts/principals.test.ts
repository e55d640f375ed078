import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { badPaths, codes, gateway, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let world: UsersTestbed;
beforeAll(async () => void (world = await openUsersTestbed()));
afterAll(() => world.close());

describe('The first sight of a subject', () => {
  test('makes a freelancer with a handle of their name', async () => {
    const { data } = await principal({ sub: 'first-1', name: 'Zoë  Ångström-Öhm', email: 'zoe@example.com' });
    expect(data.principal).toMatchObject({ role: 'FREELANCER', isActive: true });
    expect(await userOf('first-1')).toMatchObject({ handle: 'zoe_angstrom_ohm', display_name: 'Zoë  Ångström-Öhm' });
  });

  test('makes a handle of the email when there is no name that fits', async () => {
    await principal({ sub: 'first-2', name: '李', email: 'Li.Wei+news@example.com' });
    expect(await userOf('first-2')).toMatchObject({ handle: 'li_wei', display_name: '李' });
  });

  test('never shows an email as a name', async () => {
    await principal({ sub: 'first-3', email: 'private.person@example.com' });
    expect(await userOf('first-3')).toMatchObject({ handle: 'private_person', display_name: 'private_person' });
  });

  test('finds a handle for somebody with neither', async () => {
    await principal({ sub: 'first-4' });
    expect((await userOf('first-4')).handle).toMatch(/^member_\d+$/);
  });

  test('gives nobody a reserved handle', async () => {
    await principal({ sub: 'first-5', name: 'Admin', email: 'support@example.com' });
    expect((await userOf('first-5')).handle).toMatch(/^member_\d+$/);
  });

  test('does not fail for an email or a name that cannot be stored', async () => {
    const { data } = await principal({ sub: 'first-6', name: '\u0000', email: 'not an email' });
    expect(data.principal.isActive).toBe(true);
    expect(await userOf('first-6')).toMatchObject({ email: null });
  });

  test('takes a role for a new user only', async () => {
    expect((await principal({ sub: 'first-7', role: 'REVIEWER' })).data.principal.role).toBe('REVIEWER');
    expect((await principal({ sub: 'first-7', role: 'ADMIN' })).data.principal.role).toBe('REVIEWER');
  });

  test('refuses a role that does not exist', async () => {
    const answer = await principal({ sub: 'first-8', role: 'EMPEROR' });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(badPaths(answer)).toEqual(['principal.role']);
  });

  test('50 requests at once make one user', async () => {
    const answers = await Promise.all(fifty(() => principal({ sub: 'parallel', name: 'Paula Parallel' })));
    expect(new Set(answers.map(({ data }) => data.principal.id)).size).toBe(1);
    expect(await world.sql(`select from users where sub = 'parallel'`)).toHaveLength(1);
  });

  test('50 people of one name at once get 50 handles', async () => {
    const answers = await Promise.all(fifty((index) => principal({ sub: `same-${index}`, name: 'Sam Same' })));
    expect(new Set(answers.map(({ data }) => data.principal.id)).size).toBe(50);
    const rows = await world.sql<{ handle: string }>(`select handle from users where sub like 'same-%'`);
    expect(rows.filter(({ handle }) => /^sam_same(_\d+)?$/.test(handle))).toHaveLength(50);
  });
});

describe('A subject that is known', () => {
  test('costs one statement', async () => {
    await principal({ sub: 'known-1' });
    const { requests } = await observeStores(() => principal({ sub: 'known-1' }));
    expect(requests).toHaveLength(1);
  });

  test('has their visit noted, at most once a minute', async () => {
    await principal({ sub: 'known-2' });
    await world.sql(`update users set last_seen_at = now() - interval '50 seconds' where sub = 'known-2'`);
    const before = (await userOf('known-2')).last_seen_at;
    await principal({ sub: 'known-2' });
    expect((await userOf('known-2')).last_seen_at).toEqual(before);
    await world.sql(`update users set last_seen_at = now() - interval '2 minutes' where sub = 'known-2'`);
    await principal({ sub: 'known-2' });
    expect((await userOf('known-2')).last_seen_at?.getTime()).toBeGreaterThan(before?.getTime() ?? Infinity);
  });

  test('has a changed email taken over, and keeps the old one when none is given', async () => {
    await principal({ sub: 'known-3', email: 'old@example.com' });
    await principal({ sub: 'known-3', email: 'new@example.com' });
    await principal({ sub: 'known-3' });
    expect((await userOf('known-3')).email).toBe('new@example.com');
  });
});

describe('Only the gateway asks for principals', () => {
  const others: Caller[] = [
    { kind: 'guest' },
    machineCaller('shows.read'),
    { kind: 'user', id: 'x', sub: 'x', role: 'ADMIN', scopes: [] },
  ];
  test.each(others)('a $kind is refused', async (caller) => {
    expect(codes(await principal({ sub: 'stranger' }, caller))).toEqual(['FORBIDDEN']);
    expect(await world.sql(`select from users where sub = 'stranger'`)).toEqual([]);
  });
});

interface StoredUser {
  handle: string;
  display_name: string;
  email: string | null;
  last_seen_at: Date | null;
}

async function userOf(sub: string): Promise<StoredUser> {
  const [user] = await world.sql<StoredUser>('select * from users where sub = $1', [sub]);
  if (!user) throw new Error(`no user ${sub}`);
  return user;
}

function principal(variables: object, caller: Caller = gateway): Promise<GraphqlResponse> {
  const document = `query ($sub: String!, $email: String, $name: String, $role: String) {
    principal(sub: $sub, email: $email, name: $name, role: $role) { id role isActive }
  }`;
  return world.request(document, { caller, variables });
}

function fifty<Result>(make: (index: number) => Result): Result[] {
  return Array.from({ length: 50 }, (_, index) => make(index));
}
