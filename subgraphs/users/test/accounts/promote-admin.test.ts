import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshSchema } from '@marquee/testkit/test-stores';
import { promoteAdmin } from '../../src/accounts/admin-promotion.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

/** The built command. */
const command = fileURLToPath(new URL('../../dist/promote-admin.js', import.meta.url));

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('promoteAdmin', () => {
  test('accepts a sub and is idempotent', async () => {
    const person = await testbed.person('FREELANCER', 'Soon Admin');
    expect(await promote(person.sub)).toMatch(/^soon_admin .* is now an admin; previous role: FREELANCER\.$/);
    expect(await promote(person.sub)).toMatch(/is already an admin\.$/);
    expect(await testbed.sql('select role from users where id = $1', [person.id])).toEqual([{ role: 'ADMIN' }]);
  });

  test('accepts an email in any case', async () => {
    const person = await testbed.person();
    expect(await promote(`${person.sub}@EXAMPLE.com`)).toMatch(/is now an admin/);
  });

  test('fails if no user matches', async () => {
    await expect(promote('nobody@example.com')).rejects.toThrow(/^No user/);
  });

  test('fails if several users match, and lists them', async () => {
    await testbed.person('FREELANCER', 'Twin One');
    await testbed.person('FREELANCER', 'Twin Two');
    await testbed.sql(`update users set email = 'twins@example.com' where handle like 'twin%'`);
    await expect(promote('twins@example.com')).rejects.toThrow(/More than one.*twin_one.*twin_two/);
    expect(await testbed.sql(`select from users where handle like 'twin%' and role = 'ADMIN'`)).toEqual([]);
  });

  test('fails for a deactivated account', async () => {
    const person = await testbed.person();
    await testbed.sql('update users set is_active = false where id = $1', [person.id]);
    await expect(promote(person.sub)).rejects.toThrow(/deactivated/);
  });

  test('does not match a deleted account', async () => {
    const person = await testbed.person();
    await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: person });
    await expect(promote(person.sub)).rejects.toThrow(/^No user/);
  });

  test('creates no table', async () => {
    const elsewhere = freshSchema();
    await expect(promote('someone', elsewhere)).rejects.toThrow(/relation "users" does not exist/);
    const schemas = await testbed.sql('select from pg_namespace where nspname = $1', [elsewhere['DATABASE_SCHEMA']]);
    expect(schemas).toEqual([]);
  });
});

describe('npm run promote-admin', () => {
  test('prints one line and exits with 0 on success', async () => {
    const { sub } = await testbed.person('FREELANCER', 'By Command');
    const done = { code: 0, out: expect.stringMatching(/^by_command .* is now an admin.*\n$/), err: '' };
    expect(await runCommand([sub])).toEqual(done);
  });

  test('exits with 1 and the reason on failure', async () => {
    expect(await runCommand([])).toMatchObject({ code: 1, err: expect.stringMatching(/^Usage/) });
    expect(await runCommand(['nobody'])).toMatchObject({ code: 1, err: expect.stringMatching(/^No user/) });
  });

  test('exits with 78 for missing settings', async () => {
    const err = expect.stringMatching(/DATABASE_URL/);
    expect(await runCommand(['someone'], { DATABASE_URL: '' })).toMatchObject({ code: 78, err });
  });
});

function promote(emailOrSub: string, environment = testbed.environment): Promise<string> {
  const { DATABASE_URL = '', DATABASE_SCHEMA = '' } = environment;
  return promoteAdmin({ DATABASE_URL, DATABASE_SCHEMA }, emailOrSub);
}

interface Ended {
  code: number;
  out: string;
  err: string;
}

function runCommand(words: string[], variables: Record<string, string> = {}): Promise<Ended> {
  const env = { ...testbed.environment, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...words], { env }, (failure, out, err) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, err });
    });
  });
}
