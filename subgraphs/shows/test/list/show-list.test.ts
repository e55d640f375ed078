import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { byEpisodes, bySlug, type ExampleShow, exampleShows } from '../fixtures/sortable-shows.js';
import {
  askList,
  importItems,
  item,
  type ListVariables,
  openShows,
  listPage,
  listPages,
} from '../fixtures/shows-testbed.js';

const drmWithEpisodes = { drm: true, minEpisodes: 1 };

/** Every combination of values. */
const examples = exampleShows(320);

describe('a list of shows', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
    await importItems(shows, examples);
  });
  afterAll(() => shows.close());

  const cafe = ({ title }: ExampleShow) => title.startsWith('The Café');
  const lists: [string, object, (show: ExampleShow) => boolean, typeof bySlug][] = [
    ['no filter', {}, () => true, bySlug],
    ['drm', { drm: true }, ({ drm }) => drm, byEpisodes],
    ['no drm', { drm: false }, ({ drm }) => !drm, bySlug],
    ['drm and episodes', drmWithEpisodes, (s) => s.drm && s.episodeCount > 0, byEpisodes],
    [
      'drm and a range',
      { drm: true, minEpisodes: 1, maxEpisodes: 2 },
      (s) => s.drm && [1, 2].includes(s.episodeCount),
      byEpisodes,
    ],
    ['episodes', { minEpisodes: 2 }, (s) => s.episodeCount >= 2, byEpisodes],
    ['a maximum of episodes', { maxEpisodes: 1 }, (s) => s.episodeCount <= 1, byEpisodes],
    ['an exact count', { minEpisodes: 3, maxEpisodes: 3 }, (s) => s.episodeCount === 3, byEpisodes],
    ['no drm and episodes', { drm: false, minEpisodes: 4 }, (s) => !s.drm && s.episodeCount >= 4, byEpisodes],
    ['a genre', { genre: ' science FICTION' }, (s) => s.genre === 'Science Fiction', bySlug],
    ['a country', { country: 'cote d’ivoire' }, (s) => s.country !== 'UK', bySlug],
    [
      'a genre and a country',
      { genre: 'crime', country: 'uk' },
      (s) => s.genre === 'Crime' && s.country === 'UK',
      bySlug,
    ],
    [
      'a genre and episodes',
      { genre: 'Crime', minEpisodes: 3 },
      (s) => s.genre === 'Crime' && s.episodeCount >= 3,
      bySlug,
    ],
    ['a country and no drm', { country: 'UK', drm: false }, (s) => s.country === 'UK' && !s.drm, bySlug],
    ['drm and a genre', { drm: true, genre: 'Drama' }, (s) => s.drm && s.genre === 'Drama', byEpisodes],
    ['drm and a country', { drm: true, country: 'UK' }, (s) => s.drm && s.country === 'UK', byEpisodes],
    ['a word', { search: 'cafe' }, cafe, bySlug],
    ['the beginnings of words', { search: 'TH Caf' }, cafe, bySlug],
    ['a word and drm', { search: 'CAFÉ', drm: true }, (s) => cafe(s) && s.drm, byEpisodes],
    ['a word and episodes', { search: 'café', minEpisodes: 2 }, (s) => cafe(s) && s.episodeCount >= 2, byEpisodes],
    [
      'all filters',
      { search: 'senor', drm: true, minEpisodes: 1, maxEpisodes: 3, genre: 'Drama', country: 'UK' },
      (s) =>
        !cafe(s) && s.drm && s.episodeCount >= 1 && s.episodeCount <= 3 && s.genre === 'Drama' && s.country === 'UK',
      byEpisodes,
    ],
    ['a blank search', { search: '  ', genre: '', country: null }, () => true, bySlug],
    ['the inside of a word', { search: 'afe' }, () => false, bySlug],
    ['an unknown genre', { genre: 'Opera' }, () => false, bySlug],
  ];

  test.each(lists)('by %s pages in order without gaps or duplicates', async (_, filter, matches, order) => {
    const expected = examples
      .filter(matches)
      .sort(order)
      .map(({ slug }) => slug);
    const allPages = await listPages(shows, { filter, first: 37 });
    expect(allPages.flatMap((each) => each.slugs)).toEqual(expected);
    expect(allPages.map((each) => each.slugs.length)).toEqual(
      Array.from({ length: Math.max(1, Math.ceil(expected.length / 37)) }, (_page, at) =>
        Math.min(37, expected.length - at * 37),
      ),
    );
    expect(allPages.map((each) => each.hasNextPage)).toEqual(allPages.map((_page, at) => at < allPages.length - 1));
  });

  test.each(lists)('by %s never scans', async (_, filter) => {
    const { requests } = await observeStores(() => listPage(shows, { filter, first: 100 }));
    expect(requests.every(({ statement }) => /^(Query t_\w+ gsi_\w+|BatchGetItem)/.test(statement))).toBe(true);
  });

  test.each<[string, object, string[]]>([
    ['drm and episodes', drmWithEpisodes, ['Query gsi_drm_episode']],
    ['no filter', {}, ['BatchGetItem', 'Query gsi_shelf', 'Query gsi_shelf']],
    ['no drm', { drm: false }, ['BatchGetItem', 'Query gsi_shelf']],
    ['no drm and episodes', { drm: false, minEpisodes: 1 }, ['BatchGetItem', 'Query gsi_shelf_episode']],
    ['a genre', { genre: 'Drama' }, ['BatchGetItem', 'Query gsi_genre']],
    ['a country', { country: 'UK' }, ['BatchGetItem', 'Query gsi_country']],
  ])('by %s takes the same requests for pages of 2 and 80', async (_, filter, expected) => {
    const costs = [];
    for (const first of [2, 80]) {
      const { requests } = await observeStores(() => listPage(shows, { filter, first }));
      costs.push(requests.map(({ statement }) => statement.replace(/ t_\w+/, '')).sort());
    }
    expect(costs).toEqual([expected, expected]);
  });

  test('continues from the cursor of any edge', async () => {
    const { data } = await askList(shows, { filter: drmWithEpisodes, first: 10 });
    const [edge, next] = data.shows.edges.slice(4);
    expect((await listPage(shows, { filter: drmWithEpisodes, first: 1, after: edge.cursor })).slugs).toEqual([
      next.node.slug,
    ]);
  });

  test('returns 20 shows per page by default', async () => {
    expect((await listPage(shows, {})).slugs).toHaveLength(20);
  });

  const invalidArguments: [string, ListVariables, string, RegExp][] = [
    ['an invalid cursor', { after: 'x' }, 'after', /"x" is not a cursor/],
    [
      'a cursor of another order',
      { after: Buffer.from('[1,"show/a"]').toString('base64url') },
      'after',
      /not a cursor/,
    ],
    ['a page of 0', { first: 0 }, 'first', /between 1 and 100, it was 0/],
    ['a page of 101', { first: 101 }, 'first', /between 1 and 100, it was 101/],
    ['a negative minimum', { filter: { minEpisodes: -1 } }, 'filter.minEpisodes', /not be negative, it was -1/],
    ['an empty range', { filter: { minEpisodes: 3, maxEpisodes: 2 } }, 'filter.maxEpisodes', /less than minEpisodes 3/],
    ['a search without words', { filter: { search: '!!!' } }, 'filter.search', /contains no letter or digit/],
    ['a search that is too long', { filter: { search: 'x'.repeat(121) } }, 'filter.search', /120 characters/],
    [
      'a search with eleven words',
      { filter: { search: 'a b c d e f g h i j k' } },
      'filter.search',
      /at most 10 words/,
    ],
  ];
  test.each(invalidArguments)('rejects %s', async (_, variables, path, message) => {
    const { errors, data } = await askList(shows, variables);
    expect(data).toEqual({ shows: null });
    expect(errors[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test('stays within the filter for a forged cursor', async () => {
    const after = Buffer.from('[0,"show/a"]').toString('base64url');
    const { counts } = await listPage(shows, { filter: { drm: true, minEpisodes: 3 }, after });
    expect(Math.min(...counts)).toBe(3);
  });

  test('is empty after a cursor beyond its end', async () => {
    const after = Buffer.from('[9,"show/a"]').toString('base64url');
    for (const drm of [true, false])
      expect(await listPage(shows, { filter: { drm, maxEpisodes: 3 }, after })).toMatchObject({
        slugs: [],
        hasNextPage: false,
      });
  });
});

describe('a list while shows are added', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
    await importItems(
      shows,
      Array.from({ length: 30 }, (_, at) => item(`m${at + 10}`, { drm: true, episodeCount: 5 })),
    );
  });
  afterAll(() => shows.close());

  test.each([drmWithEpisodes, {}])('by %j contains every earlier show once', async (filter) => {
    const first = await listPage(shows, { filter, first: 10 });
    await importItems(shows, [item(`a${JSON.stringify(filter).length}`, { drm: true, episodeCount: 5 })]);
    await importItems(shows, [item(`z${JSON.stringify(filter).length}`, { drm: true, episodeCount: 5 })]);
    const rest = await listPages(shows, { filter, first: 10, after: first.endCursor });
    const seen = [...first.slugs, ...rest.flatMap((each) => each.slugs)];
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((slug) => slug.startsWith('show/m'))).toHaveLength(30);
  });
});
