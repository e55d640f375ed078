import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { prepareRead, type PreparedRead } from '@marquee/chassis/postgres/prepared-read';
import { freshSchema, observeStores } from '@marquee/testkit/test-stores';
import pg from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('things')
class Thing {
  @PrimaryColumn('integer')
  id!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('jsonb')
  links!: { url: string }[];

  @Column('uuid', { array: true, name: 'tag_ids' })
  tagIds!: string[];

  @Column({ type: 'text', select: false, insert: false })
  secret!: string;
}

const migration = `create table things (id int primary key, created_at timestamptz not null, name text, links jsonb not null,
  tag_ids uuid[] not null, secret text not null default 'secret');`;
const ids = [1, 2, 3];
let folder: string;
let database: Postgres;
let read: PreparedRead<Thing>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepared-'));
  await writeFile(join(folder, '0001_things.sql'), migration);
  const settings = readSettings(schemaSettings, { ...freshSchema(), DATABASE_POOL: '1' });
  database = await openPostgres(settings, { entities: [Thing], migrations: pathToFileURL(`${folder}/`) });
  const things = ids.map((id) => ({
    id,
    createdAt: new Date(id * 1000),
    name: id === 2 ? null : `Thing ${id}`,
    links: [{ url: 'https://example.com' }],
    tagIds: id === 3 ? [] : ['0198f2c4-0000-7000-8000-000000000001'],
  }));
  await database.source.getRepository(Thing).insert(things);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  const text = (columns: string) => `select ${columns} from things where id = any($1) order by id`;
  read = prepareRead(database.source, Thing, text);
});

test('reads the entities that typeorm reads', async () => {
  const things = await read([ids]);
  expect(things).toEqual(await database.source.getRepository(Thing).find({ order: { id: 'ASC' } }));
  expect(things.every((thing) => thing instanceof Thing)).toBe(true);
});

test('names the statement, and records it as a store request', async () => {
  const { requests } = await observeStores(() => read([[2]]));
  expect(requests).toMatchObject([
    { store: 'postgres', statement: expect.stringContaining('from things'), failed: false },
  ]);
  expect(await preparedStatements()).toEqual([expect.stringMatching(/^read_/)]);
});

test('a value that the server refuses fails its own execution only', async () => {
  await expect(read([['no number']])).rejects.toMatchObject({ code: '22P02' });
  expect(await read([[1]])).toHaveLength(1);
});

test('a value that cannot be sent fails before it reaches the connection', async () => {
  const endless: Record<string, unknown> = {};
  endless['self'] = endless;
  await expect(read([[endless]])).rejects.toThrow('circular');
  expect(await read([[1]])).toHaveLength(1);
});

test('reads on after the type of a column has changed, by a statement that is prepared again', async () => {
  for (const length of [50, 60]) {
    await read([[1]]);
    await database.source.query(`alter table things alter column name type varchar(${length})`);
    expect(await Promise.all([read([ids]), read([ids])])).toEqual(
      [ids, ids].map((all) => all.map(() => expect.any(Thing))),
    );
    const before = await preparedStatements();
    expect(await read([ids])).toHaveLength(3);
    expect(await preparedStatements()).toHaveLength(before.length + 1);
  }
});

test('goes on without names where the server does not keep them, as behind an older pooler', async () => {
  await read([[1]]);
  await database.source.query('deallocate all');
  expect(await read([ids])).toHaveLength(3);
  expect(await read([ids])).toHaveLength(3);
  expect(await preparedStatements()).toEqual([]);
});

const texts = ['', 'one', 'two words', 'a,b', 'NULL', 'null', '"quoted"', 'back\\slash', '{braces}', 'ünï 😀', null];

test.each([
  ['text[]', texts.map((text) => [text])],
  ['text[]', [[], texts, [null, null], ['one', 'two'], [['nested', 'list']]]],
  ['uuid[]', [[], ['0198f2c4-0000-7000-8000-000000000001'], ['0198f2c4-0000-7000-8000-000000000001', null]]],
  ['timestamptz', ['2026-03-01 09:30:00+00', '1999-12-31T23:59:59.9+02', '2026-03-01 09:30:00.123456+00']],
  ['timestamptz', ['0099-01-01 00:00+00', '12026-01-01 00:00+00', '0044-03-15 00:00+00 BC', 'infinity', '-infinity']],
  ['timestamptz', ['2026-03-01 09:30:00.5+00', '2026-03-01 09:30:00.05+00', '2026-03-01 09:30:00.0005+00']],
])('parses %s as pg does: %j', async (type, values) => {
  for (const timeZone of ['UTC', 'Asia/Kolkata', 'America/St_Johns']) {
    const parsed = await database.source.transaction(async (manager) => {
      await manager.query(`set local timezone = '${timeZone}'`);
      return Promise.all(
        values.map(async (value) => {
          const [row] = await manager.query<{ value: unknown; text: string; oid: number }[]>(
            `select $1::${type} as value, $1::${type}::text as text, '${type}'::regtype::oid as oid`,
            [value],
          );
          return row;
        }),
      );
    });
    for (const row of parsed)
      expect(row?.value).toEqual((pg.types.getTypeParser(row?.oid as never) as Parse)(row?.text ?? ''));
  }
});

type Parse = (text: string) => unknown;

async function preparedStatements(): Promise<string[]> {
  const rows = await database.source.query<{ name: string }[]>(
    `select name from pg_prepared_statements where name <> ''`,
  );
  return rows.map(({ name }) => name);
}
