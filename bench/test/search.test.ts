import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/service';
import { freshSchema } from '@marquee/testkit/stores';
import { FreelancerSort } from '@marquee/jobs/profiles/freelancer-list-inputs';
import { service } from '@marquee/jobs/service';
import { filterCombinations } from '../src/search/filter-combinations.js';
import { addRows, type Dataset, loadDataset } from '../src/search/dataset.js';
import { explain } from '../src/search/query-plan.js';
import { openRecordingStore, type RecordingStore } from '../src/search/recording-store.js';

// Enough that reading a table to its end costs more than an index.
const size = 20_000;
const big = ['jobs', 'freelancer_profiles'];

let jobs: TestService;
let watched: RecordingStore;
let crowd: Dataset;
beforeAll(async () => {
  const schema = freshSchema();
  jobs = await startService(service, { ...schema, MEDIA_ID_KEY: randomBytes(32).toString('base64') });
  watched = await openRecordingStore(schema);
  crowd = await loadDataset(watched.source, size);
}, 120_000);
afterAll(async () => {
  await watched.close();
  await jobs.close();
});

/** The big tables that are read from end to end for this. */
async function scannedBy(work: () => Promise<unknown>): Promise<string[]> {
  const statements = await watched.recordStatements(work);
  const ways = await Promise.all(statements.map((statement) => explain(watched.source, statement)));
  return ways.flatMap(({ scannedTables }) => scannedTables.filter((table) => big.includes(table)));
}

function ids(category: string, ...slugs: string[]): string[] {
  return slugs.map((slug) => crowd.termIds[category]?.[slug] ?? '');
}

const searches = ['cover', 'silver engine', 'zinniasilver', 'Greta Yilmas'];

/** Without its words, a filter of one search is that of every other: those are looked at with the first. */
function newWith<Filter extends { words?: string }>(words: string, filters: Filter[]): Filter[] {
  return words === searches[0] ? filters : filters.filter((filter) => filter.words !== undefined);
}

describe('an index serves', () => {
  const anyJob = { words: null, projectTypeIds: null, genreIds: null, audienceIds: null, showSlug: null };
  const noFilter = { words: null, place: null, audienceIds: null, styleIds: null, genreIds: null, imageTagIds: null };
  const anyFreelancer = { ...noFilter, usesAi: null, hasAgent: null, favoriteOf: null, folderId: null };
  const orders = Object.values(FreelancerSort);

  function freelancerFilters(words: string) {
    return filterCombinations({
      words,
      audienceIds: ids('AUDIENCE', 'adults', 'children'),
      styleIds: ids('STYLE', 'gouache'),
      genreIds: ids('GENRE', 'noir', 'horror'),
      imageTagIds: ids('IMAGE_TAG', 'neon'),
      place: 'Leip',
      usesAi: false,
      hasAgent: true,
      favoriteOf: crowd.userId,
      folderId: crowd.folderId,
    });
  }

  test.each(searches)('every combination of filters of jobs, on any page, searching for "%s"', async (words) => {
    const every = filterCombinations({
      words,
      projectTypeIds: ids('PROJECT_TYPE', 'cover', 'poster'),
      genreIds: ids('GENRE', 'noir'),
      audienceIds: ids('AUDIENCE', 'adults', 'children'),
      showSlug: 'show/s7',
    });
    const filters = newWith(words, every);
    const scans: unknown[] = [];
    for (const filter of filters)
      for (const after of [null, ['2026-01-01T01:00:00.000Z', crowd.folderId] as const]) {
        const narrowed = { ...anyJob, ...filter };
        const scanned = await scannedBy(() => watched.store.publicJobs.listed(narrowed, { limit: 21, after }));
        if (scanned.length > 0) scans.push({ filter, after });
      }
    expect(filters).toHaveLength(words === searches[0] ? 32 : 16);
    expect(scans).toEqual([]);
  });

  test.each(searches)('one or two filters of freelancers in any order, searching for "%s"', async (words) => {
    const few = newWith(words, freelancerFilters(words)).filter((filter) => Object.keys(filter).length <= 2);
    const scans: unknown[] = [];
    for (const filter of few)
      for (const sort of orders.filter((order) => filter.words ?? order !== FreelancerSort.RELEVANCE))
        if ((await scannedBy(() => listed(filter, sort))).length > 0) scans.push({ filter, sort });
    expect(few).toHaveLength(words === searches[0] ? 56 : 10);
    expect(scans).toEqual([]);
  });

  test('a few filters of freelancers, and nearly all of them, each in one of the orders', async () => {
    const count = (filter: object) => Object.keys(filter).length;
    const filters = freelancerFilters('silver engine').filter((filter) => count(filter) <= 3 || count(filter) >= 8);
    const scans: unknown[] = [];
    for (const [index, filter] of filters.entries()) {
      const sort = orders[(index >> 1) % (filter.words ? 4 : 3)] ?? FreelancerSort.NEWEST;
      if ((await scannedBy(() => listed(filter, sort))).length > 0) scans.push({ filter, sort });
    }
    expect(filters).toHaveLength(232);
    expect(scans).toEqual([]);
  }, 120_000);

  function listed(filter: object, sort: FreelancerSort): Promise<unknown> {
    return watched.store.freelancers.list({ ...anyFreelancer, ...filter }, { sort, limit: 21, after: null });
  }
});

// Two lists are paged whole; the other orders through those who use AI, which is the same walk over fewer rows.
describe('paging through everything while rows are added gives each row once:', () => {
  const usesAi = '{ usesAi: true }';
  const usingAi = '(select * from freelancer_profiles where uses_ai) as using_ai';
  const pageInfo = 'edges { node { id } } pageInfo { hasNextPage endCursor }';
  const freelancers = (sort: string, filter = '{}') =>
    `query ($after: String) { list: freelancers(first: 100, sort: ${sort}, filter: ${filter}, after: $after) { ${pageInfo} } }`;

  test.each([
    ['jobs', `query ($after: String) { list: jobs(first: 100, after: $after) { ${pageInfo} } }`, 'jobs', 0.9],
    ['freelancers, the newest first', freelancers('NEWEST'), 'freelancer_profiles', 0.9],
    ['freelancers by name', freelancers('ALPHABETICAL', usesAi), usingAi, 0.05],
    ['freelancers, the featured first', freelancers('FEATURED', usesAi), usingAi, 0.05],
  ])(
    '%s',
    async (_, document, table, share) => {
      const before = await publicIds(table);
      const met: string[] = [];
      for (let after: string | null = null, more = true, page = 0; more; page += 1) {
        const { data } = await jobs.ask(document, { caller: userCaller(), variables: { after } });
        met.push(...data.list.edges.map(({ node }: { node: { id: string } }) => node.id));
        [after, more] = [data.list.pageInfo.endCursor, data.list.pageInfo.hasNextPage];
        if (page % 10 === 0) await addRows(watched.source, crowd.termIds, 5);
      }
      const distinct = new Set(met);
      expect(distinct.size).toBe(met.length);
      expect(before.filter((id) => !distinct.has(id))).toEqual([]);
      expect(before.length).toBeGreaterThanOrEqual(size * share);
    },
    120_000,
  );

  async function publicIds(table: string): Promise<string[]> {
    const rows: { id: string }[] = await watched.source.query(
      `select id from ${table} where status in ('PUBLISHED', 'APPROVED')`,
    );
    return rows.map(({ id }) => id);
  }
});
