import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshSchema } from '@marquee/testkit/test-stores';
import { JobSort } from '@marquee/jobs/jobs/job-inputs';
import { FreelancerSort } from '@marquee/jobs/profiles/freelancer-list-inputs';
import { service } from '@marquee/jobs/service';
import { filterCombinations } from '../src/search/filter-combinations.js';
import { addRows, type Dataset, loadDataset } from '../src/search/dataset.js';
import { countReadRows, explain } from '../src/search/query-plan.js';
import { openRecordingStore, type RecordingStore } from '../src/search/recording-store.js';

// Large enough that a sequential scan costs more than an index.
const size = 20_000;
const big = ['jobs', 'freelancer_profiles'];

let jobs: TestService;
let recorded: RecordingStore;
let dataset: Dataset;
beforeAll(async () => {
  const schema = freshSchema();
  const key = randomBytes(32).toString('base64');
  jobs = await startService(service, { ...schema, MEDIA_ID_KEY: key, WEBHOOK_KEYS: key });
  recorded = await openRecordingStore(schema);
  dataset = await loadDataset(recorded.source, size);
});
afterAll(async () => {
  await recorded.close();
  await jobs.close();
});

/** The big tables that the statements of `work` scan sequentially. */
async function scannedBy(work: () => Promise<unknown>): Promise<string[]> {
  const statements = await recorded.recordStatements(work);
  const plans = await Promise.all(statements.map((statement) => explain(recorded.source, statement)));
  return plans.flatMap(({ scannedTables }) => scannedTables.filter((table) => big.includes(table)));
}

function ids(category: string, ...slugs: string[]): string[] {
  return slugs.map((slug) => dataset.termIds[category]?.[slug] ?? '');
}

const searches = ['cover', 'silver engine', 'zinniasilver', 'Greta Yilmas'];

/** Filters without words are the same for every search, so they are only tested with the first one. */
function filtersFor<Filter extends { words?: string }>(words: string, filters: Filter[]): Filter[] {
  return words === searches[0] ? filters : filters.filter((filter) => filter.words !== undefined);
}

describe('uses an index for', () => {
  const anyJob = { words: null, projectTypeIds: null, genreIds: null, audienceIds: null, showSlug: null };
  const noFilter = {
    words: null,
    location: null,
    audienceIds: null,
    styleIds: null,
    genreIds: null,
    imageTagIds: null,
  };
  const anyFreelancer = { ...noFilter, usesAi: null, hasAgent: null, favoriteOf: null, folderId: null };
  const orders = Object.values(FreelancerSort);
  const firstPage = { limit: 21, after: null, before: null, isBackward: false };

  function freelancerFilters(words: string) {
    return filterCombinations({
      words,
      audienceIds: ids('AUDIENCE', 'adults', 'children'),
      styleIds: ids('STYLE', 'gouache'),
      genreIds: ids('GENRE', 'noir', 'horror'),
      imageTagIds: ids('IMAGE_TAG', 'neon'),
      location: 'Leip',
      usesAi: false,
      hasAgent: true,
      favoriteOf: dataset.userId,
      folderId: dataset.folderId,
    });
  }

  test.each(searches)('every combination of job filters on any page, searching for "%s"', async (words) => {
    const every = filterCombinations({
      words,
      projectTypeIds: ids('PROJECT_TYPE', 'cover', 'poster'),
      genreIds: ids('GENRE', 'noir'),
      audienceIds: ids('AUDIENCE', 'adults', 'children'),
      showSlug: 'show/s7',
    });
    const filters = filtersFor(words, every);
    const key = ['2026-01-01T01:00:00.000Z', dataset.folderId];
    const pages = [firstPage, { ...firstPage, after: key }, { ...firstPage, before: key, isBackward: true }];
    const scans: unknown[] = [];
    for (const filter of filters)
      for (const page of pages) {
        const narrowed = { ...anyJob, ...filter };
        const list = () => recorded.store.publicJobs.list(narrowed, { ...page, sort: JobSort.NEWEST });
        const scanned = await scannedBy(list);
        if (scanned.length > 0) scans.push({ filter, page });
      }
    expect(filters).toHaveLength(words === searches[0] ? 32 : 16);
    expect(scans).toEqual([]);
  });

  test.each([
    ['stop words only', 'the', 0],
    ['a phrase', '"night no such phrase"', 10_000],
    ['excluded words only', '-cover -night -silver', 10_000],
    ['words that exclude each other', 'cover -cover', 12_000],
  ])('a search for %s, which reads few jobs', async (_, words, most) => {
    const list = () =>
      recorded.store.publicJobs.list({ ...anyJob, words, showSlug: 'none' }, { ...firstPage, sort: JobSort.NEWEST });
    const statements = await recorded.recordStatements(list);
    const counts = await Promise.all(statements.map((one) => countReadRows(recorded.source, 'jobs', one)));
    expect(counts.length).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(most);
  });

  test.each([
    [JobSort.OLDEST, '2026-01-01T01:00:00.000Z'],
    [JobSort.DEADLINE, 'infinity'],
    [JobSort.ALPHABETICAL, 'm'],
  ])('every combination of job filters in the order %s', async (sort, value) => {
    const filters = filterCombinations({
      words: searches[1],
      genreIds: ids('GENRE', 'noir'),
      showSlug: 'show/s7',
    });
    const last = { ...firstPage, before: [value, dataset.folderId], isBackward: true };
    const scans: unknown[] = [];
    for (const filter of filters)
      for (const page of [firstPage, last]) {
        const list = () => recorded.store.publicJobs.list({ ...anyJob, ...filter }, { ...page, sort });
        if ((await scannedBy(list)).length > 0) scans.push({ filter, page });
      }
    expect(filters).toHaveLength(8);
    expect(scans).toEqual([]);
  });

  test('jobs by relevance, of the ranked and of older matches', async () => {
    const time = '2026-01-01T01:00:00.000Z';
    const cursors = [`5000 ${time} ${time} ${dataset.folderId}`, `- ${time}`].map((value) => [value, dataset.folderId]);
    const filters = filterCombinations({ genreIds: ids('GENRE', 'noir') });
    const lists = searches.flatMap((words) => filters.map((filter) => ({ ...anyJob, ...filter, words })));
    const scans: unknown[] = [];
    for (const criteria of lists)
      for (const after of [null, ...cursors]) {
        const page = { ...firstPage, after, sort: JobSort.RELEVANCE };
        const list = () => recorded.store.publicJobs.list(criteria, page);
        if ((await scannedBy(list)).length > 0) scans.push({ criteria, after });
      }
    expect(scans).toEqual([]);
  });

  test('the facets of jobs and freelancers with any filter', async () => {
    const jobFilters = filterCombinations({
      projectTypeIds: ids('PROJECT_TYPE', 'cover'),
      genreIds: ids('GENRE', 'noir'),
    });
    const { words: _, ...freelancerFilter } = freelancerFilters('').at(-1) ?? {};
    const counts = [
      ...jobFilters.map((filter) => () => recorded.store.publicJobs.countFacets({ ...anyJob, ...filter })),
      () => recorded.store.freelancers.countFacets(anyFreelancer),
      () => recorded.store.freelancers.countFacets({ ...anyFreelancer, ...freelancerFilter }),
    ];
    const scans: string[] = [];
    for (const count of counts) scans.push(...(await scannedBy(count)));
    expect(scans).toEqual([]);
  });

  test.each(searches)('one or two freelancer filters in any sort order, searching for "%s"', async (words) => {
    const few = filtersFor(words, freelancerFilters(words)).filter((filter) => Object.keys(filter).length <= 2);
    const scans: unknown[] = [];
    for (const filter of few)
      for (const sort of orders.filter((order) => filter.words ?? order !== FreelancerSort.RELEVANCE))
        if ((await scannedBy(() => listed(filter, sort))).length > 0) scans.push({ filter, sort });
    expect(few).toHaveLength(words === searches[0] ? 56 : 10);
    expect(scans).toEqual([]);
  });

  test('few and almost all freelancer filters, each in one sort order', async () => {
    const count = (filter: object) => Object.keys(filter).length;
    const filters = freelancerFilters('silver engine').filter((filter) => count(filter) <= 3 || count(filter) >= 8);
    const scans: unknown[] = [];
    for (const [index, filter] of filters.entries()) {
      const sort = orders[(index >> 1) % (filter.words ? 4 : 3)] ?? FreelancerSort.NEWEST;
      if ((await scannedBy(() => listed(filter, sort))).length > 0) scans.push({ filter, sort });
    }
    expect(filters).toHaveLength(232);
    expect(scans).toEqual([]);
  });

  function listed(filter: object, sort: FreelancerSort): Promise<unknown> {
    return recorded.store.freelancers.list({ ...anyFreelancer, ...filter }, { sort, ...firstPage });
  }
});

// Two lists are paged completely. The other sort orders are restricted to profiles that use AI: the same path, fewer rows.
describe('paging while rows are inserted returns each row once:', () => {
  const usesAi = '{ usesAi: true }';
  const usingAi = '(select * from freelancer_profiles where uses_ai) as using_ai';
  const pageInfo = 'edges { node { id } } pageInfo { hasNextPage endCursor }';
  const freelancers = (sort: string, filter = '{}') =>
    `query ($after: String) { list: freelancers(first: 100, sort: ${sort}, filter: ${filter}, after: $after) { ${pageInfo} } }`;

  test.each([
    ['jobs', `query ($after: String) { list: jobs(first: 100, after: $after) { ${pageInfo} } }`, 'jobs', 0.9],
    ['freelancers, newest first', freelancers('NEWEST'), 'freelancer_profiles', 0.9],
    ['freelancers by name', freelancers('ALPHABETICAL', usesAi), usingAi, 0.05],
    ['freelancers, featured first', freelancers('FEATURED', usesAi), usingAi, 0.05],
  ])('%s', async (_, document, table, share) => {
    const before = await publicIds(table);
    const returned: string[] = [];
    for (let after: string | null = null, more = true, page = 0; more; page += 1) {
      const { data } = await jobs.request(document, { caller: userCaller(), variables: { after } });
      returned.push(...data.list.edges.map(({ node }: { node: { id: string } }) => node.id));
      [after, more] = [data.list.pageInfo.endCursor, data.list.pageInfo.hasNextPage];
      if (page % 10 === 0) await addRows(recorded.source, dataset.termIds, 5);
    }
    const distinct = new Set(returned);
    expect(distinct.size).toBe(returned.length);
    expect(before.filter((id) => !distinct.has(id))).toEqual([]);
    expect(before.length).toBeGreaterThanOrEqual(size * share);
  });

  async function publicIds(table: string): Promise<string[]> {
    const rows: { id: string }[] = await recorded.source.query(
      `select id from ${table} where status in ('PUBLISHED', 'APPROVED')`,
    );
    return rows.map(({ id }) => id);
  }
});
