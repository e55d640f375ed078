import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshSchema } from '@marquee/testkit/test-stores';
import { promoteAdmin } from '../../src/accounts/admin-promotion.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

/** The command as it is built: what an operator runs. */
const command = fileURLToPath(new URL('../../dist/promote-admin.js', import.meta.url));

let world: UsersTestbed;
beforeAll(async () => void (world = await openUsersTestbed()));
afterAll(() => world.close());

describe('Promoting an admin', () => {
  test('takes a sub, and doing it twice is no mistake', async () => {
    const person = await world.person('FREELANCER', 'Soon Admin');
    expect(await promote(person.sub)).toMatch(/^soon_admin .* is an admin now; before: FREELANCER\.$/);
    expect(await promote(person.sub)).toMatch(/is an admin already\.$/);
    expect(await world.sql('select role from users where id = $1', [person.id])).toEqual([{ role: 'ADMIN' }]);
  });

  test('takes an email without regard to case', async () => {
    const person = await world.person();
    expect(await promote(`${person.sub}@EXAMPLE.com`)).toMatch(/is an admin now/);
  });

  test('fails when nobody matches', async () => {
    await expect(promote('nobody@example.com')).rejects.toThrow(/^Nobody/);
  });

  test('fails when several match, and names them', async () => {
    await world.person('FREELANCER', 'Twin One');
    await world.person('FREELANCER', 'Twin Two');
    await world.sql(`update users set email = 'twins@example.com' where handle like 'twin%'`);
    await expect(promote('twins@example.com')).rejects.toThrow(/More than one.*twin_one.*twin_two/);
    expect(await world.sql(`select from users where handle like 'twin%' and role = 'ADMIN'`)).toEqual([]);
  });

  test('fails for somebody deactivated', async () => {
    const person = await world.person();
    await world.sql('update users set is_active = false where id = $1', [person.id]);
    await expect(promote(person.sub)).rejects.toThrow(/deactivated/);
  });

  test('does not find a deleted account', async () => {
    const person = await world.person();
    await world.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: person });
    await expect(promote(person.sub)).rejects.toThrow(/^Nobody/);
  });

  test('creates nothing', async () => {
    const elsewhere = freshSchema();
    await expect(promote('someone', elsewhere)).rejects.toThrow(/relation "users" does not exist/);
    const schemas = await world.sql('select from pg_namespace where nspname = $1', [elsewhere['DATABASE_SCHEMA']]);
    expect(schemas).toEqual([]);
  });
});

describe('The command promote-admin', () => {
  test('prints one line and ends with 0 when it is done', async () => {
    const { sub } = await world.person('FREELANCER', 'By Command');
    const done = { code: 0, out: expect.stringMatching(/^by_command .* is an admin now.*\n$/), err: '' };
    expect(await runCommand([sub])).toEqual(done);
  });

  test('ends with 1 and the reason when it is not', async () => {
    expect(await runCommand([])).toMatchObject({ code: 1, err: expect.stringMatching(/^Usage/) });
    expect(await runCommand(['nobody'])).toMatchObject({ code: 1, err: expect.stringMatching(/^Nobody/) });
  });

  test('ends with 78 when it is not told where the users are', async () => {
    const err = expect.stringMatching(/DATABASE_URL/);
    expect(await runCommand(['someone'], { DATABASE_URL: '' })).toMatchObject({ code: 78, err });
  });
});

function promote(who: string, environment = world.environment): Promise<string> {
  const { DATABASE_URL = '', DATABASE_SCHEMA = '' } = environment;
  return promoteAdmin({ DATABASE_URL, DATABASE_SCHEMA }, who);
}

interface Ended {
  code: number;
  out: string;
  err: string;
}

function runCommand(words: string[], variables: Record<string, string> = {}): Promise<Ended> {
  const env = { ...world.environment, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...words], { env }, (failure, out, err) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, err });
    });
  });
}
