import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { type Dynamo, openDynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import { showsSettings } from '../../src/config.js';
import { readPage } from '../../src/list/list-page.js';
import { planList } from '../../src/list/list-plan.js';
import { tableDefinition } from '../../src/table.js';
import { importItems, item, listPage, openShows, listPages, listSlugs } from '../fixtures/shows-testbed.js';

const filter = { drm: true, minEpisodes: 1 };

/** 3 shows with one episode, 400 with two, 5 with three. */
const tied = Array.from({ length: 408 }, (_, at) =>
  item(`t${(at * 131) % 408}`, { drm: true, episodeCount: at < 3 ? 1 : at < 403 ? 2 : 3 }),
);
const inOrder = [...tied]
  .sort((one, other) => Number(one['episodeCount']) - Number(other['episodeCount']) || (one.slug < other.slug ? -1 : 1))
  .map(({ slug }) => slug);

describe('shows with equal episode counts', () => {
  let shows: TestService;
  let dynamo: Dynamo;
  beforeAll(async () => {
    const table = freshTable();
    shows = await openShows(table);
    const variables = { ...table, NODE_ENV: 'test', PORT: '0', CALLER_KEYS: '{"keys":[]}' };
    dynamo = await openDynamo(readSettings(showsSettings, variables), tableDefinition);
    await importItems(shows, tied);
  });
  afterAll(async () => {
    dynamo.close();
    await shows.close();
  });

  test.each([1, 7, 100])('are ordered by slug across pages of %i', async (first) => {
    const all = first === 1 ? await firstPages(40) : await listSlugs(shows, { filter, first });
    expect(all).toEqual(first === 1 ? inOrder.slice(0, 40) : inOrder);
  });

  async function firstPages(count: number): Promise<string[]> {
    const seen: string[] = [];
    for (let after: string | null = null; seen.length < count;) {
      const next = await listPage(shows, { filter, first: 1, after });
      seen.push(...next.slugs);
      after = next.endCursor;
    }
    return seen;
  }

  test('are read from the index without ties when one Query cannot order them', async () => {
    const [first] = await listPages(shows, { filter, first: 100 });
    const { requests } = await observeStores(() =>
      listPage(shows, { filter, first: 100, after: first?.endCursor ?? null }),
    );
    expect(requests.map(({ statement }) => statement.replace(/ t_\w+/, ''))).toEqual([
      'Query gsi_drm_episode',
      'Query gsi_shelf_episode',
      'BatchGetItem',
    ]);
  });

  test.each([
    ['a group of ties', { drm: true, minEpisodes: 2, words: [] }, inOrder.slice(3)],
    [
      'a search with few matches',
      { drm: true, words: ['t40'] },
      [
        'show/t40',
        'show/t400',
        'show/t401',
        'show/t402',
        'show/t403',
        'show/t404',
        'show/t405',
        'show/t406',
        'show/t407',
      ],
    ],
    ['a list of two partitions', { minEpisodes: 0, words: ['t39'] }, undefined],
    ['a search in slug order', { words: ['t39'] }, undefined],
  ])('are all found when %s uses up the query budget of every request', async (_, listFilter, expected) => {
    const plan = planList(listFilter, null);
    const found: string[] = [];
    let after: Keyset | undefined;
    let requests = 0;
    do {
      const read = await readPage(dynamo, plan, { size: 20, after, maxQueries: 1 });
      found.push(...read.rows.map(({ entry }) => entry.slug));
      after = read.next;
      requests += 1;
    } while (after);
    const wanted = expected ?? inOrder.filter((slug) => slug.startsWith('show/t39'));
    expect(new Set(found)).toEqual(new Set(wanted));
    expect(found).toHaveLength(wanted.length);
    expect(requests).toBeGreaterThan(1);
  });
});
