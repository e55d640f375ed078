import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { openPostgres, type Postgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { prepareRead, type PreparedRead } from '@marquee/chassis/postgres/prepared-read';
import { freshSchema, observeStores } from '@marquee/testkit/test-stores';
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

test('goes on without names where the server does not keep them, as behind an older pooler', async () => {
  await read([[1]]);
  await database.source.query('deallocate all');
  expect(await read([ids])).toHaveLength(3);
  expect(await read([ids])).toHaveLength(3);
  expect(await preparedStatements()).toEqual([]);
});

async function preparedStatements(): Promise<string[]> {
  const rows = await database.source.query<{ name: string }[]>(
    `select name from pg_prepared_statements where name <> ''`,
  );
  return rows.map(({ name }) => name);
}
