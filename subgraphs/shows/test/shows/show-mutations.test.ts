import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable, observeStores } from '@marquee/testkit/test-stores';
import { importItems, item, openShows, reader, listSlugs, writer } from '../fixtures/shows-testbed.js';

const update = `mutation ($input: UpdateShowInput!) {
  updateShow(input: $input) {
    show { slug title description genre drm episodeCount primaryColour seasons { slug } image { showImage } nextEpisode { html } }
  }
}`;
const remove = 'mutation ($slug: ID!) { deleteShow(input: { slug: $slug }) { slug } }';

describe('updateShow and deleteShow', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
  });
  afterAll(() => shows.close());

  function updated(input: object) {
    return shows.request(update, { caller: writer, variables: { input } });
  }

  test('change given values, remove null ones and keep the others', async () => {
    await importItems(shows, [
      item('change', {
        description: 'Old',
        genre: 'Drama',
        drm: true,
        episodeCount: 3,
        seasons: [{ slug: 'show/change' }],
      }),
    ]);
    const nextEpisode = {
      channelLogo: 'https://example.com/l.gif',
      url: 'https://example.com',
      html: '<script>x</script>Hi',
    };
    const { data, errors } = await updated({ slug: 'show/change', title: ' New ', description: null, nextEpisode });
    expect(errors).toEqual([]);
    expect(data.updateShow.show).toEqual({
      slug: 'show/change',
      title: 'New',
      description: null,
      genre: 'Drama',
      drm: true,
      episodeCount: 3,
      primaryColour: null,
      seasons: [{ slug: 'show/change' }],
      image: null,
      nextEpisode: { html: 'Hi' },
    });
  });

  test('change nothing when no value is given', async () => {
    await importItems(shows, [item('same', { genre: 'Drama' })]);
    const { data } = await updated({ slug: 'show/same' });
    expect(data.updateShow.show).toMatchObject({ title: 'same', genre: 'Drama' });
  });

  test('reset drm, episodeCount and seasons for null', async () => {
    await importItems(shows, [item('reset', { drm: true, episodeCount: 3, seasons: [{ slug: 'show/reset' }] })]);
    const { data } = await updated({ slug: 'show/reset', drm: null, episodeCount: null, seasons: null });
    expect(data.updateShow.show).toMatchObject({ drm: false, episodeCount: 0, seasons: [] });
  });

  test('move the show in every list according to its values', async () => {
    await importItems(shows, [
      item('mover', { title: 'Alpha', genre: 'Western', country: 'Peru', drm: true, episodeCount: 70 }),
    ]);
    const values = { title: 'Omega', genre: 'Musical', country: null, drm: false, episodeCount: 80 };
    expect(await updated({ slug: 'show/mover', ...values })).toMatchObject({ errors: [] });
    const left = [
      { drm: true, minEpisodes: 70 },
      { genre: 'western' },
      { country: 'peru' },
      { search: 'alpha' },
      { minEpisodes: 70, maxEpisodes: 79 },
    ];
    for (const filter of left) expect(await listSlugs(shows, { filter })).toEqual([]);
    const entered = [{ drm: false, minEpisodes: 80 }, { genre: 'musical' }, { search: 'omega' }, { minEpisodes: 80 }];
    for (const filter of entered) expect(await listSlugs(shows, { filter })).toEqual(['show/mover']);
  });

  test.each([
    [{ title: null }, 'input.title'],
    [{ episodeCount: -1 }, 'input.episodeCount'],
    [{ seasons: [{ slug: 'x' }] }, 'input.seasons.0.slug'],
  ])('reject the invalid value %j', async (values, path) => {
    await importItems(shows, [item('strict')]);
    const { data, errors } = await updated({ slug: 'show/strict', genre: 'Drama', ...values });
    expect(data).toEqual({ updateShow: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path }] });
    const { data: after } = await shows.request('{ show(slug: "show/strict") { title genre } }');
    expect(after.show).toEqual({ title: 'strict', genre: null });
  });

  test('delete a show once and release its slug', async () => {
    await importItems(shows, [item('gone')]);
    const variables = { slug: 'show/gone' };
    expect((await shows.request(remove, { caller: writer, variables })).data).toEqual({ deleteShow: variables });
    expect((await shows.request('{ show(slug: "show/gone") { title } }')).data).toEqual({ show: null });
    expect((await shows.request(remove, { caller: writer, variables })).errors[0]?.extensions['code']).toBe(
      'NOT_FOUND',
    );
    expect(await importItems(shows, [item('gone')])).toMatchObject([{ __typename: 'ShowCreated' }]);
  });

  test.each(['show/nobody', '', 'nonsense', `show/${'x'.repeat(3000)}`])(
    'return NOT_FOUND for the slug %j',
    async (slug) => {
      expect((await updated({ slug, title: 'New' })).errors[0]?.extensions['code']).toBe('NOT_FOUND');
      expect((await shows.request(remove, { caller: writer, variables: { slug } })).errors[0]?.extensions['code']).toBe(
        'NOT_FOUND',
      );
      const { data, errors } = await shows.request('query ($slug: ID!) { show(slug: $slug) { title } }', {
        variables: { slug },
      });
      expect({ data, errors }).toEqual({ data: { show: null }, errors: [] });
    },
  );
});

describe('references to shows from other services', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
    await importItems(
      shows,
      Array.from({ length: 120 }, (_, at) => item(`e${at}`)),
    );
  });
  afterAll(() => shows.close());

  test.each([
    [2, 1],
    [80, 1],
    [120, 2],
  ])('are batched: %i of them take %i requests', async (count, cost) => {
    const known = Array.from({ length: count }, (_, at) => `show/e${at}`);
    const representations = [...known, 'show/nobody', 'nonsense', known[0]].map((slug) => ({
      __typename: 'Show',
      slug,
    }));
    const { result, requests } = await observeStores(() =>
      shows.request('query ($r: [_Any!]!) { _entities(representations: $r) { ... on Show { slug } } }', {
        caller: reader,
        variables: { r: representations },
      }),
    );
    expect(result.errors).toEqual([]);
    expect(result.data._entities).toEqual([...known.map((slug) => ({ slug })), null, null, { slug: known[0] }]);
    expect(requests.map(({ statement }) => statement)).toEqual(Array(cost).fill('BatchGetItem'));
  });
});

describe('the seed', () => {
  test('adds shows, some of them with DRM and episodes', async () => {
    const shows = await openShows({ SEED: 'true' });
    const all = await listSlugs(shows, { first: 100 });
    const drm = await listSlugs(shows, { filter: { drm: true, minEpisodes: 1 }, first: 100 });
    await shows.close();
    expect(all.length).toBeGreaterThanOrEqual(20);
    expect(drm.length).toBeGreaterThan(5);
    expect(drm.length).toBeLessThan(all.length);
  });

  test('keeps existing shows and adds missing ones', async () => {
    const variables = { ...freshTable(), SEED: 'true' };
    const first = await openShows(variables);
    const [kept = '', removed = '', ...rest] = await listSlugs(first, { first: 100 });
    await first.request(update, { caller: writer, variables: { input: { slug: kept, title: 'Changed' } } });
    await first.request(remove, { caller: writer, variables: { slug: removed } });
    await first.close();
    const second = await openShows(variables);
    expect(await listSlugs(second, { first: 100 })).toEqual([kept, removed, ...rest]);
    expect(await listSlugs(second, { filter: { search: 'changed' } })).toEqual([kept]);
    await second.close();
  });

  test('is rejected in production', async () => {
    await expect(openShows({ SEED: 'true', NODE_ENV: 'production' })).rejects.toThrow(/SEED: expected false/);
  });
});
