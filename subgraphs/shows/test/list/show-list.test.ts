import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { asked, imported, item, type ListVariables, openShows, page, pages } from '../fixtures/shows-testbed.js';

const drmWithEpisodes = { drm: true, minEpisodes: 1 };

interface Known {
  slug: string;
  title: string;
  drm: boolean;
  episodeCount: number;
  genre: string;
  country: string;
}

/** 320 shows with every combination of values, in no order. */
const known = Array.from({ length: 320 }, (_, at): Known => {
  const name = `s${(at * 7919) % 320}`;
  return {
    slug: `show/${name}`,
    title: at % 4 === 0 ? `The Café ${name}` : `Señor ${name}`,
    drm: at % 2 === 0,
    episodeCount: at % 5,
    genre: ['Drama', 'Science Fiction', 'Crime'][at % 3] ?? '',
    country: ['UK', 'Côte d’Ivoire'][at % 7 === 0 ? 1 : 0] ?? '',
  };
});

function bySlug(one: Known, other: Known): number {
  return one.slug < other.slug ? -1 : 1;
}

function byEpisodes(one: Known, other: Known): number {
  return one.episodeCount - other.episodeCount || bySlug(one, other);
}

describe('a list of shows', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
    await imported(shows, known);
  });
  afterAll(() => shows.close());

  const cafe = ({ title }: Known) => title.startsWith('The Café');
  const lists: [string, object, (show: Known) => boolean, typeof bySlug][] = [
    ['nothing', {}, () => true, bySlug],
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
    ['at most so many episodes', { maxEpisodes: 1 }, (s) => s.episodeCount <= 1, byEpisodes],
    ['one count', { minEpisodes: 3, maxEpisodes: 3 }, (s) => s.episodeCount === 3, byEpisodes],
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
      'everything',
      { search: 'senor', drm: true, minEpisodes: 1, maxEpisodes: 3, genre: 'Drama', country: 'UK' },
      (s) =>
        !cafe(s) && s.drm && s.episodeCount >= 1 && s.episodeCount <= 3 && s.genre === 'Drama' && s.country === 'UK',
      byEpisodes,
    ],
    ['a blank search', { search: '  ', genre: '', country: null }, () => true, bySlug],
    ['the inside of a word', { search: 'afe' }, () => false, bySlug],
    ['an unknown genre', { genre: 'Opera' }, () => false, bySlug],
  ];

  test.each(lists)('by %s pages without gaps or repeats, in order', async (_, filter, fits, order) => {
    const expected = known
      .filter(fits)
      .sort(order)
      .map(({ slug }) => slug);
    const walked = await pages(shows, { filter, first: 37 });
    expect(walked.flatMap((each) => each.slugs)).toEqual(expected);
    expect(walked.map((each) => each.slugs.length)).toEqual(
      Array.from({ length: Math.max(1, Math.ceil(expected.length / 37)) }, (_page, at) =>
        Math.min(37, expected.length - at * 37),
      ),
    );
    expect(walked.map((each) => each.hasNextPage)).toEqual(walked.map((_page, at) => at < walked.length - 1));
  });

  test.each(lists)('by %s never scans', async (_, filter) => {
    const { requests } = await observeStores(() => page(shows, { filter, first: 100 }));
    expect(requests.every(({ statement }) => /^(Query t_\w+ gsi_\w+|BatchGetItem)/.test(statement))).toBe(true);
  });

  test.each<[string, object, string[]]>([
    ['drm and episodes', drmWithEpisodes, ['Query gsi_drm_episode']],
    ['nothing', {}, ['BatchGetItem', 'Query gsi_shelf', 'Query gsi_shelf']],
    ['no drm', { drm: false }, ['BatchGetItem', 'Query gsi_shelf']],
    ['no drm and episodes', { drm: false, minEpisodes: 1 }, ['BatchGetItem', 'Query gsi_shelf_episode']],
    ['a genre', { genre: 'Drama' }, ['BatchGetItem', 'Query gsi_genre']],
    ['a country', { country: 'UK' }, ['BatchGetItem', 'Query gsi_country']],
  ])('by %s costs as many requests for a page of 2 as for one of 80', async (_, filter, expected) => {
    const costs = [];
    for (const first of [2, 80]) {
      const { requests } = await observeStores(() => page(shows, { filter, first }));
      costs.push(requests.map(({ statement }) => statement.replace(/ t_\w+/, '')).sort());
    }
    expect(costs).toEqual([expected, expected]);
  });

  test('has a cursor at every edge to go on from', async () => {
    const { data } = await asked(shows, { filter: drmWithEpisodes, first: 10 });
    const [edge, next] = data.shows.edges.slice(4);
    expect((await page(shows, { filter: drmWithEpisodes, first: 1, after: edge.cursor })).slugs).toEqual([
      next.node.slug,
    ]);
  });

  test('has 20 shows a page when nothing is said', async () => {
    expect((await page(shows, {})).slugs).toHaveLength(20);
  });

  const refusals: [string, ListVariables, string, RegExp][] = [
    ['a cursor of nothing', { after: 'x' }, 'after', /"x" is not a cursor/],
    [
      'a cursor of another order',
      { after: Buffer.from('[1,"show/a"]').toString('base64url') },
      'after',
      /not a cursor/,
    ],
    ['a page of 0', { first: 0 }, 'first', /between 1 and 100, it was 0/],
    ['a page of 101', { first: 101 }, 'first', /between 1 and 100, it was 101/],
    ['less than no episodes', { filter: { minEpisodes: -1 } }, 'filter.minEpisodes', /not be below 0, it was -1/],
    ['an empty range', { filter: { minEpisodes: 3, maxEpisodes: 2 } }, 'filter.maxEpisodes', /below minEpisodes 3/],
    ['a search for no word', { filter: { search: '!!!' } }, 'filter.search', /no letter or digit/],
    ['a search for a novel', { filter: { search: 'x'.repeat(121) } }, 'filter.search', /120 characters/],
    ['a search for eleven words', { filter: { search: 'a b c d e f g h i j k' } }, 'filter.search', /10 words at most/],
  ];
  test.each(refusals)('with %s is refused', async (_, variables, path, message) => {
    const { errors, data } = await asked(shows, variables);
    expect(data).toBeNull();
    expect(errors[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test('does not go below its filter with a cursor that was made up', async () => {
    const after = Buffer.from('[0,"show/a"]').toString('base64url');
    const { counts } = await page(shows, { filter: { drm: true, minEpisodes: 3 }, after });
    expect(Math.min(...counts)).toBe(3);
  });

  test('is empty behind a cursor past its end', async () => {
    const after = Buffer.from('[9,"show/a"]').toString('base64url');
    for (const drm of [true, false])
      expect(await page(shows, { filter: { drm, maxEpisodes: 3 }, after })).toMatchObject({
        slugs: [],
        hasNextPage: false,
      });
  });
});

describe('a list while shows come and go', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
    await imported(
      shows,
      Array.from({ length: 30 }, (_, at) => item(`m${at + 10}`, { drm: true, episodeCount: 5 })),
    );
  });
  afterAll(() => shows.close());

  test.each([drmWithEpisodes, {}])('by %j shows each of the old ones once', async (filter) => {
    const first = await page(shows, { filter, first: 10 });
    await imported(shows, [item(`a${JSON.stringify(filter).length}`, { drm: true, episodeCount: 5 })]);
    await imported(shows, [item(`z${JSON.stringify(filter).length}`, { drm: true, episodeCount: 5 })]);
    const rest = await pages(shows, { filter, first: 10, after: first.endCursor });
    const seen = [...first.slugs, ...rest.flatMap((each) => each.slugs)];
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((slug) => slug.startsWith('show/m'))).toHaveLength(30);
  });
});
