import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshSchema } from '@marquee/chassis/testkit/stores';
import { openWorld, type World } from './world.js';

/** The command as it is built: what an operator runs. */
const command = fileURLToPath(new URL('../dist/promote-admin.js', import.meta.url));

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

describe('promote-admin', () => {
  test('makes the person with a sub an admin, and says so twice', async () => {
    const person = await world.person('FREELANCER', 'Soon Admin');
    expect(await promote(person.sub)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^soon_admin .* is an admin now/),
    });
    expect(await promote(person.sub)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is an admin already\.\n$/),
    });
    expect(await world.sql('select role from users where id = $1', [person.id])).toEqual([{ role: 'ADMIN' }]);
  });

  test('finds a person by email without regard to case', async () => {
    const person = await world.person();
    expect(await promote(`${person.sub}@EXAMPLE.com`)).toMatchObject({ code: 0, err: '' });
  });

  test('fails when nobody matches', async () => {
    expect(await promote('nobody@example.com')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Nobody/),
    });
  });

  test('fails when several match, and names them', async () => {
    await world.person('FREELANCER', 'Twin One');
    await world.person('FREELANCER', 'Twin Two');
    await world.sql(`update users set email = 'twins@example.com' where handle like 'twin%'`);
    const { code, err } = await promote('twins@example.com');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/More than one.*twin_one.*twin_two/) });
    expect(await world.sql(`select from users where handle like 'twin%' and role = 'ADMIN'`)).toEqual([]);
  });

  test('fails for somebody deactivated', async () => {
    const person = await world.person();
    await world.sql('update users set is_active = false where id = $1', [person.id]);
    expect(await promote(person.sub)).toMatchObject({ code: 1, err: expect.stringMatching(/deactivated/) });
  });

  test('fails without a name and without a database', async () => {
    expect(await promote()).toMatchObject({ code: 1, err: expect.stringMatching(/^Usage/) });
    expect(await promote('someone', { DATABASE_URL: '' })).toMatchObject({
      code: 78,
      err: expect.stringMatching(/DATABASE_URL/),
    });
  });

  test('creates nothing', async () => {
    const elsewhere = freshSchema();
    expect((await promote('someone', elsewhere)).code).toBe(1);
    const schemas = await world.sql('select from pg_namespace where nspname = $1', [elsewhere['DATABASE_SCHEMA']]);
    expect(schemas).toEqual([]);
  });
});

interface Outcome {
  code: number;
  out: string;
  err: string;
}

function promote(who?: string, variables: Record<string, string> = {}): Promise<Outcome> {
  const env = { ...world.environment, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...(who === undefined ? [] : [who])], { env }, (failure, out, err) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, err });
    });
  });
}
