import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { byEpisodes, bySlug, byTitle, type ExampleShow, exampleShows } from '../fixtures/sortable-shows.js';
import { askList, importItems, listPage, listPages, openShows, reader } from '../fixtures/shows-testbed.js';

const examples = exampleShows(60);

const orders: [string, typeof bySlug][] = [
  ['SLUG', bySlug],
  ['FEWEST_EPISODES', byEpisodes],
  ['MOST_EPISODES', (one, other) => byEpisodes(other, one)],
  ['ALPHABETICAL', byTitle],
  ['REVERSE_ALPHABETICAL', (one, other) => byTitle(other, one)],
];

const filters: [object, (show: ExampleShow) => boolean][] = [
  [{}, () => true],
  [{ drm: true }, ({ drm }) => drm],
  [{ drm: false, minEpisodes: 2 }, ({ drm, episodeCount }) => !drm && episodeCount >= 2],
  [{ minEpisodes: 1, maxEpisodes: 3 }, ({ episodeCount }) => episodeCount >= 1 && episodeCount <= 3],
  [{ genre: 'crime', drm: true }, ({ genre, drm }) => genre === 'Crime' && drm],
  [{ country: 'UK', maxEpisodes: 2 }, ({ country, episodeCount }) => country === 'UK' && episodeCount <= 2],
  [{ search: 'café' }, ({ title }) => title.startsWith('The Café')],
];

let shows: TestService;
beforeAll(async () => {
  shows = await openShows();
  await importItems(shows, examples);
});
afterAll(() => shows.close());

describe.each(orders)('in the order %s', (sort, order) => {
  test.each(filters)(
    'shows that match %j are paged from both ends without gaps or duplicates',
    async (filter, matches) => {
      const expected = examples
        .filter(matches)
        .sort(order)
        .map(({ slug }) => slug);
      const forward = await listPages(shows, { filter, sort, first: 11 });
      expect(forward.flatMap(({ slugs }) => slugs)).toEqual(expected);
      expect(forward.map(({ hasPreviousPage }) => hasPreviousPage)).toEqual(forward.map((_, at) => at > 0));
      expect(await backward({ filter, sort })).toEqual(expected);
    },
  );

  test('a page between two cursors stays between them, from both ends', async () => {
    const { edges } = (await askList(shows, { sort, first: 20 })).data.shows;
    const range = { sort, after: edges[4].cursor, before: edges[12].cursor };
    const between = edges.slice(5, 12).map(({ node }: { node: ExampleShow }) => node.slug);
    expect((await listPage(shows, { ...range, first: 100 })).slugs).toEqual(between);
    expect((await listPage(shows, { ...range, last: 3 })).slugs).toEqual(between.slice(-3));
    expect((await listPage(shows, { ...range, after: range.before, before: range.after })).slugs).toEqual([]);
  });

  test('a cursor of another order is refused', async () => {
    for (const [other] of orders.filter(([name]) => name !== sort)) {
      const { endCursor } = await listPage(shows, { sort: other, first: 2 });
      for (const path of ['after', 'before']) {
        const { errors } = await askList(shows, { sort, [path]: endCursor });
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path }] } }]);
      }
    }
  });

  test('a page takes as many requests from the end as from the start', async () => {
    const cost = async (page: object) =>
      (await observeStores(() => listPage(shows, { sort, ...page }))).requests.length;
    expect([await cost({ first: 10 }), await cost({ last: 10 }), await cost({ last: 80 })]).toEqual([3, 3, 3]);
  });
});

test('refuses first and last together', async () => {
  const { errors } = await askList(shows, { first: 1, last: 1 });
  expect(errors).toMatchObject([{ extensions: { fields: [{ path: 'last' }] } }]);
});

describe('facets', () => {
  const document = `query ($filter: ShowFilter) { shows(filter: $filter, first: 1) { facets {
    genres { value count } countries { value count } withDrm withoutDrm isComplete } } }`;

  test.each<[object]>([
    [{}],
    [{ drm: true }],
    [{ genre: 'crime', drm: false }],
    [{ genre: 'crime', country: 'UK', minEpisodes: 2 }],
    [{ search: 'café', country: 'cote d’ivoire' }],
  ])('of %j count every value as if its own filter was not set', async (filter) => {
    const { data } = await shows.request(document, { caller: reader, variables: { filter } });
    const without = (name: string) => ({ ...filter, [name]: undefined });
    const drm = examples.filter((show) => fits(show, without('drm')));
    expect(data.shows.facets).toEqual({
      genres: tally(examples.filter((show) => fits(show, without('genre'))).map(({ genre }) => genre)),
      countries: tally(examples.filter((show) => fits(show, without('country'))).map(({ country }) => country)),
      withDrm: drm.filter((show) => show.drm).length,
      withoutDrm: drm.filter((show) => !show.drm).length,
      isComplete: true,
    });
  });

  test('report that a list of more than 1,000 shows is not counted completely', async () => {
    const many = Array.from({ length: 1_000 }, (_, at) => ({ slug: `show/more${at}`, title: 'More', genre: 'Opera' }));
    await importItems(shows, many);
    const { data } = await shows.request(document, { caller: reader, variables: { filter: { maxEpisodes: 9 } } });
    const { withDrm, withoutDrm, isComplete } = data.shows.facets;
    expect([withDrm + withoutDrm, isComplete]).toEqual([1_000, false]);
  });
});

interface Filter {
  drm?: boolean;
  genre?: string;
  country?: string;
  minEpisodes?: number;
  search?: string;
}

function fits(show: ExampleShow, { drm, genre, country, minEpisodes = 0, search = '' }: Filter): boolean {
  return (
    (drm === undefined || show.drm === drm) &&
    (genre === undefined || plain(show.genre) === plain(genre)) &&
    (country === undefined || plain(show.country) === plain(country)) &&
    show.episodeCount >= minEpisodes &&
    plain(show.title).includes(plain(search))
  );
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function tally(values: string[]): { value: string; count: number }[] {
  const distinct = [...new Set(values)].map((value) => ({
    value,
    count: values.filter((one) => one === value).length,
  }));
  return distinct.sort((one, other) => other.count - one.count || (plain(one.value) < plain(other.value) ? -1 : 1));
}

async function backward(variables: object): Promise<string[]> {
  const slugs: string[] = [];
  for (let before: string | null = null, hasPrevious = true; hasPrevious;) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(shows, { ...variables, last: 11, before });
    slugs.unshift(...page.slugs);
    expect(page.hasNextPage).toBe(before !== null);
    [before, hasPrevious] = [page.startCursor, page.hasPreviousPage];
  }
  return slugs;
}
