import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshSchema } from '@marquee/chassis/testkit/stores';
import { startService, type TestService } from '@marquee/chassis/testkit/service';
import { FreelancerSort } from '@marquee/jobs/model/freelancer-list';
import { service } from '@marquee/jobs/service';
import { combinations } from '../src/combinations.js';
import { loadCrowd, type Crowd } from '../src/crowd.js';
import { wayOf } from '../src/plans.js';
import { openWatchedStore, type WatchedStore } from '../src/store.js';

const size = 50_000;
const big = ['jobs', 'freelancer_profiles'];

let jobs: TestService;
let watched: WatchedStore;
let crowd: Crowd;
beforeAll(async () => {
  const schema = freshSchema();
  jobs = await startService(service, { ...schema, MEDIA_ID_KEY: randomBytes(32).toString('base64') });
  watched = await openWatchedStore(schema);
  crowd = await loadCrowd(watched.source, size);
}, 60_000);
afterAll(async () => {
  await watched.close();
  await jobs.close();
});

/** What of the statements reads a big table from end to end. */
async function endToEnd(work: () => Promise<unknown>): Promise<string[]> {
  const statements = await watched.statementsOf(work);
  const ways = await Promise.all(statements.map((statement) => wayOf(watched.source, statement)));
  return ways.flatMap(({ scanned }) => scanned.filter((table) => big.includes(table)));
}

function ids(category: string, ...slugs: string[]): string[] {
  return slugs.map((slug) => crowd.termIds[category]?.[slug] ?? '');
}

const openFilter = {
  words: null,
  place: null,
  audienceIds: null,
  styleIds: null,
  genreIds: null,
  imageTagIds: null,
  usesAi: null,
  hasAgent: null,
  favoriteOf: null,
  folderId: null,
};
const openJobs = { words: null, projectTypeIds: null, genreIds: null, audienceIds: null, showSlug: null };

describe('an index serves', () => {
  test.each(['cover', 'zinnia', 'silver engine'])(
    'each filter of jobs, alone and together, with words like %s',
    async (words) => {
      const filters = combinations({
        words,
        projectTypeIds: ids('PROJECT_TYPE', 'cover', 'poster'),
        genreIds: ids('GENRE', 'noir'),
        audienceIds: ids('AUDIENCE', 'adults', 'children'),
        showSlug: 'show/s7',
      });
      const scans: unknown[] = [];
      for (const filter of filters)
        for (const after of [null, ['2026-01-01T01:00:00.000Z', crowd.folderId] as const]) {
          const page = { limit: 21, after };
          const found = await endToEnd(() => watched.store.publicJobs.listed({ ...openJobs, ...filter }, page));
          if (found.length > 0) scans.push({ filter, after });
        }
      expect(filters).toHaveLength(32);
      expect(scans).toEqual([]);
    },
  );

  test.each(Object.values(FreelancerSort))(
    'each filter of freelancers, alone and together, in the order %s',
    async (sort) => {
      const filters = combinations({
        words: 'silver engine',
        audienceIds: ids('AUDIENCE', 'adults', 'children'),
        styleIds: ids('STYLE', 'gouache'),
        genreIds: ids('GENRE', 'noir', 'horror'),
        imageTagIds: ids('IMAGE_TAG', 'neon'),
        place: 'Leip',
        usesAi: false,
        hasAgent: true,
        favoriteOf: crowd.userId,
        folderId: crowd.folderId,
      }).filter(({ words }) => words !== undefined || sort !== FreelancerSort.RELEVANCE);
      const t = Date.now();
      const scans: unknown[] = [];
      let ms = 0,
        worst = 0;
      for (const filter of filters) {
        const t0 = Date.now();
        const statements = await watched.statementsOf(() =>
          watched.store.freelancers.listed({ ...openFilter, ...filter }, { sort, limit: 21, after: null }),
        );
        const d = Date.now() - t0;
        ms += d;
        if (d > worst) {
          worst = d;
          if (d > 40) process.stderr.write(`${sort} ${d}ms ${JSON.stringify(filter)}\n`);
        }
        const ways = await Promise.all(statements.map((s) => wayOf(watched.source, s)));
        const found = ways.flatMap(({ scanned }) => scanned.filter((table) => big.includes(table)));
        if (found.length > 0) scans.push(Object.keys(filter).join());
      }
      process.stderr.write(`${sort} ${filters.length} ${Date.now() - t} ms, executing ${ms}, worst ${worst}\n`);
      expect(scans).toEqual([]);
    },
  );
});
