import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import { observeStores } from '@marquee/testkit/test-stores';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let admin: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  admin = await testbed.person('ADMIN', 'Adele Boss');
});
afterAll(() => testbed.close());

describe('user', () => {
  test('is public by id and by handle', async () => {
    const { id } = await testbed.person('FREELANCER', 'Findable');
    const document =
      'query ($id: ID!) { byId: user(id: $id) { displayName } byHandle: user(handle: "findable") { id } }';
    for (const caller of [undefined, machineCaller(), admin])
      expect((await testbed.request(document, { ...(caller && { caller }), variables: { id } })).data).toEqual({
        byId: { displayName: 'Findable' },
        byHandle: { id },
      });
  });

  test('rejects both and neither of id and handle', async () => {
    expect(codes(await testbed.request('{ user { id } }'))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await testbed.request('{ user(id: "a", handle: "b") { id } }'))).toEqual(['BAD_USER_INPUT']);
  });

  test.each(['019a0000-0000-7000-8000-ffffffffffff', 'nonsense'])('is null for an unknown id: %s', async (id) => {
    expect((await testbed.request('query ($id: ID!) { user(id: $id) { id } }', { variables: { id } })).data).toEqual({
      user: null,
    });
  });
});

describe('a malformed handle or id', () => {
  test.each(['', 'a\u0000b', '\ud800', 'x'.repeat(10_000)])('matches no user (case %#)', async (key) => {
    const document = 'query ($key: String, $id: ID) { byHandle: user(handle: $key) { id } byId: user(id: $id) { id } }';
    const { data, errors } = await testbed.request(document, { variables: { key, id: key } });
    expect({ data, errors }).toEqual({ data: { byHandle: null, byId: null }, errors: [] });
  });
});

describe('account', () => {
  test('is visible only to the user and to admins', async () => {
    const person = await testbed.person();
    const other = await testbed.person('REVIEWER');
    const account = { email: `${person.sub}@example.com`, role: 'FREELANCER', isActive: true };
    expect(await accountAsSeenBy(person, person.id)).toEqual(account);
    expect(await accountAsSeenBy(admin, person.id)).toEqual(account);
    for (const caller of [other, machineCaller('shows.read'), { kind: 'guest' } as const])
      expect(await accountAsSeenBy(caller, person.id)).toBeNull();
  });
});

describe('users', () => {
  test('lists the newest first, with stable pages while users are added', async () => {
    const people = [];
    for (let count = 0; count < 5; count += 1) people.unshift((await testbed.person()).id);
    const first = await page({ first: 2 });
    await testbed.person();
    const second = await page({ first: 2, after: first.endCursor });
    expect([...first.ids, ...second.ids]).toEqual(people.slice(0, 4));
    expect(first.hasNextPage).toBe(true);
  });

  test('reports the last page', async () => {
    const all = await page({ first: 100 });
    expect(all.hasNextPage).toBe(false);
    expect(await page({ first: 5, after: all.endCursor })).toEqual({ ids: [], hasNextPage: false, endCursor: null });
  });

  test.each([0, -1, 101])('rejects first: %d', async (first) => {
    expect(
      badPaths(
        await testbed.request('query ($first: Int) { users(first: $first) { edges { cursor } } }', {
          variables: { first },
        }),
      ),
    ).toEqual(['first']);
  });

  test.each(['nonsense', 'WyJ4Il0', Buffer.from('[1]').toString('base64url')])(
    'refuses the cursor %s',
    async (after) => {
      for (const search of [null, 'adele']) {
        const document =
          'query ($after: String, $search: String) { users(after: $after, search: $search) { edges { cursor } } }';
        expect(badPaths(await testbed.request(document, { variables: { after, search } }))).toEqual(['after']);
      }
    },
  );

  test('filters by role for admins only', async () => {
    const document = '{ users(role: ADMIN) { edges { node { id } } } }';
    expect((await testbed.request(document, { caller: admin })).data.users.edges).toEqual([{ node: { id: admin.id } }]);
    expect(codes(await testbed.request(document, { caller: await testbed.person('REVIEWER') }))).toEqual(['FORBIDDEN']);
    expect(codes(await testbed.request(document))).toEqual(['UNAUTHENTICATED']);
  });

  test('lists deactivated users only for admins, and deleted users never', async () => {
    const [inactive, deleted] = [await testbed.person(), await testbed.person()];
    await testbed.sql('update users set is_active = false where id = $1', [inactive.id]);
    await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: deleted });
    const { ids } = await page({ first: 100 });
    expect(ids).not.toContain(inactive.id);
    expect(ids).not.toContain(deleted.id);
    const seen = await page({ first: 100 }, admin);
    expect(seen.ids).toContain(inactive.id);
    expect(seen.ids).not.toContain(deleted.id);
  });
});

describe('a search for users', () => {
  beforeAll(async () => {
    for (const name of ['Annika Lind', 'Hannah Ann', 'Zoë Çelik', 'Bo 100%', '山田 太郎'])
      await testbed.person('FREELANCER', name);
  });

  test.each([
    ['annika', 'Annika Lind'],
    ['ANNIKA LIND', 'Annika Lind'],
    ['anika', 'Annika Lind'],
    ['nnik', 'Annika Lind'],
    ['hannah', 'Hannah Ann'],
    ['zoe', 'Zoë Çelik'],
    ['Çelik', 'Zoë Çelik'],
    ['zo', 'Zoë Çelik'],
    ['100%', 'Bo 100%'],
    ['zoe_celik', 'Zoë Çelik'],
    ['山田', '山田 太郎'],
    ['山田 太', '山田 太郎'],
  ])('%s finds %s first', async (search, displayName) => {
    const document = 'query ($search: String) { users(search: $search) { edges { node { displayName } } } }';
    const { data } = await testbed.request(document, { variables: { search } });
    expect(data.users.edges[0]?.node).toEqual({ displayName });
  });

  test('treats wildcards literally', async () => {
    expect((await page({ search: 'a%b' })).ids).toEqual([]);
    expect((await page({ search: '%' })).ids).toEqual([]);
  });

  test('pages in the order of the score', async () => {
    for (let count = 0; count < 5; count += 1) await testbed.person('FREELANCER', `Quentin ${'x'.repeat(count)}`);
    const all = await page({ search: 'quentin', first: 10 });
    const first = await page({ search: 'quentin', first: 3 });
    const second = await page({ search: 'quentin', first: 3, after: first.endCursor });
    expect([...first.ids, ...second.ids]).toEqual(all.ids);
    expect(all.ids).toHaveLength(5);
  });

  test('is limited to 100 characters', async () => {
    expect(badPaths(await testbed.request(`{ users(search: "${'x'.repeat(101)}") { edges { cursor } } }`))).toEqual([
      'search',
    ]);
  });

  test('never scans the whole table', async () => {
    await testbed.sql(`insert into users (id, sub, handle, display_name, folded_name)
      select gen_random_uuid(), 'many-' || n, 'many_' || n, md5(n::text), md5(n::text) from generate_series(1, 5000) n`);
    await testbed.sql('vacuum analyze users');
    for (const search of ['annika', 'zo']) {
      const { requests } = await observeStores(() => page({ search }));
      const plan = await planOf(requests[0]?.statement ?? '', search);
      expect(plan).toMatch(search.length < 3 ? /Index Cond.*~>=~/ : /Bitmap Index Scan on users_search/);
      expect(plan).not.toContain('Seq Scan');
    }
  });
});

/** Explains an observed statement, with values for its parameters. */
async function planOf(statement: string, search: string): Promise<string> {
  const values: Record<string, string> = {
    score: '1000000',
    id: `'ffffffff-ffff-ffff-ffff-ffffffffffff'`,
    folded: `'${search}'`,
  };
  const patterns = { prefix: `'${search}%'`, within: `'%${search}%'` };
  const filled = statement.replace(/like \$\d+/g, `like ${search.length < 3 ? patterns.prefix : patterns.within}`);
  const tuple = filled
    .replace(/< \(\$\d+, \$\d+\)/, `< (${values['score']}, ${values['id']})`)
    .replace(/> \(\$\d+, \$\d+\)/, `> (-1, '00000000-0000-0000-0000-000000000000')`)
    .replace(/LIMIT \$\d+/, 'LIMIT 21');
  const plan = await testbed.sql<{ 'QUERY PLAN': string }>(
    `explain ${tuple.replace(/\$\d+/g, values['folded'] ?? '')}`,
  );
  return plan.map((line) => line['QUERY PLAN']).join('\n');
}

async function accountAsSeenBy(caller: Caller, id: string): Promise<object | null> {
  const document = 'query ($id: ID!) { user(id: $id) { account { email role isActive } } }';
  return (await testbed.request(document, { caller, variables: { id } })).data.user.account;
}

interface Page {
  ids: string[];
  hasNextPage: boolean;
  endCursor: string | null;
}

async function page(variables: object, caller: Caller = { kind: 'guest' }): Promise<Page> {
  const document = `query ($first: Int, $after: String, $search: String) { users(first: $first, after: $after, search: $search) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
  const { data } = await testbed.request(document, { caller, variables });
  return { ids: data.users.edges.map((edge: { node: { id: string } }) => edge.node.id), ...data.users.pageInfo };
}
