import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { v7 } from 'uuid';
import { errorCodes, openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';

const page = `query ($filter: JobFilter, $sort: JobSort = RELEVANCE, $first: Int, $after: String, $last: Int, $before: String) {
  jobs(filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { title } } pageInfo { hasNextPage endCursor } } }`;

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

interface Page {
  titles: string[];
  cursors: string[];
  hasNextPage: boolean;
  endCursor: string | null;
}

async function read(variables: object): Promise<Page> {
  const { jobs } = await fixture.execute(page, guest, variables);
  return {
    titles: jobs.edges.map(({ node }: { node: { title: string } }) => node.title),
    cursors: jobs.edges.map(({ cursor }: { cursor: string }) => cursor),
    ...jobs.pageInfo,
  };
}

/** Reads all pages. @param between runs after each page */
async function readAll(variables: object, between: () => Promise<unknown> = () => Promise.resolve()) {
  const titles: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const next = await read({ ...variables, after });
    titles.push(...next.titles);
    [after, more] = [next.endCursor, next.hasNextPage];
    await between();
  }
  return titles;
}

let published = 0;

/** Publishes jobs in succession, a second apart. All their summaries contain the word "lantern". */
async function publish(title: string, count: number, genre?: string): Promise<string[]> {
  const first = published;
  published += count;
  const rows: { title: string }[] = await fixture.sql(
    `insert into jobs (id, poster_id, title, project_type_id, summary, genre_ids, status, published_at)
     select id, $3, $2 || ' ' || number, (select id from taxonomy_terms where category = 'PROJECT_TYPE' limit 1),
       'A lantern for somebody', $5, 'PUBLISHED', timestamptz '2026-01-01' + ($4 + number) * interval '1 second'
     from unnest($1::uuid[]) with ordinality as made (id, number) returning title`,
    [Array.from({ length: count }, () => v7()), title, fixture.poster.id, first, genre ? [genre] : []],
  );
  return rows.map((row) => row.title);
}

describe('jobs by relevance', () => {
  const few = { search: 'harbour' };
  beforeAll(async () => {
    const summary = 'Ships, and a harbour.';
    for (const job of [
      { title: 'A harbour at night', summary },
      { title: 'Harbour', summary: 'Only ships.', genreIds: [fixture.genre] },
      { title: 'Ships', summary, genreIds: [fixture.genre] },
      { title: 'Boats', summary },
      { title: 'Trains', summary: 'No ships.' },
    ])
      await fixture.publishJob(job);
  });

  test('have those with the word in the title first, then the most recently published', async () => {
    const { titles, hasNextPage } = await read({ filter: few });
    expect([titles, hasNextPage]).toEqual([['A harbour at night', 'Harbour', 'Boats', 'Ships'], false]);
  });

  test('are the same in pages of any size, and with a filter', async () => {
    for (const first of [1, 2, 3, 4])
      expect(await readAll({ filter: few, first })).toEqual((await read({ filter: few })).titles);
    expect(await readAll({ filter: { ...few, genres: ['noir'] }, first: 1 })).toEqual(['Harbour', 'Ships']);
  });

  test('refuse cursors of another order or filter, forged ones, pages from the end, and a list without a search', async () => {
    const { endCursor: own } = await read({ filter: few, first: 1 });
    const { endCursor: foreign } = await read({ filter: few, sort: 'NEWEST', first: 1 });
    const decoded = Buffer.from(own!, 'base64url').toString();
    const forge = (value: string) =>
      Buffer.from(decoded.replace(/"\d+ [^"]*"/, JSON.stringify(value))).toString('base64url');
    for (const variables of [
      { filter: few, after: foreign },
      { filter: few, sort: 'NEWEST', after: own },
      { filter: { search: 'ships' }, after: own },
      { filter: few, after: forge('5') },
      {
        filter: few,
        after: forge('99999999999 2026-01-01T00:00:00.000Z -infinity 00000000-0000-0000-0000-000000000000'),
      },
      { filter: few, after: forge('- 0000-01-01T00:00:00.000Z') },
      { filter: few, last: 1 },
      { filter: few, before: own },
      { filter: { search: ' ' } },
      {},
    ])
      expect([variables, errorCodes(await fixture.request(page, guest, variables))]).toEqual([
        variables,
        ['BAD_USER_INPUT'],
      ]);
  });

  test('list each match once while jobs are published, ranked ones first, if there are more than are ranked', async () => {
    const oldest = await publish('Lantern of old', 1, fixture.genre);
    const known = [...oldest, ...(await publish('Somebody', 620)), ...(await publish('Lantern', 1))];
    const found = await readAll({ filter: { search: 'lantern' }, first: 100 }, () => publish('Late', 3));
    expect([found[0], found.at(-1)]).toEqual(['Lantern 1', oldest[0]]);
    const expected = found.filter((title) => !title.startsWith('Late'));
    expect([...expected].sort()).toEqual([...known].sort());
    const older = expected.slice(501);
    expect(older).toEqual([...older].sort((one, other) => known.indexOf(other) - known.indexOf(one)));
  });
});
