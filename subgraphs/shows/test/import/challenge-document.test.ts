import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { decodeDocument } from '../../src/import/command/document-decoder.js';
import { importItems, openShows, listPage, listSlugs } from '../fixtures/shows-testbed.js';

describe('the challenge document', () => {
  let shows: TestService;
  let results: Awaited<ReturnType<typeof importItems>>;
  beforeAll(async () => {
    shows = await openShows();
    const document = decodeDocument(await readFile('subgraphs/shows/examples/challenge.json', 'utf8'));
    results = await importItems(shows, document);
  });
  afterAll(() => shows.close());

  test('contains ten shows, which are all created', () => {
    expect(results.map(({ __typename }) => __typename)).toEqual(Array(10).fill('ShowCreated'));
  });

  test('lists the shows with DRM and episodes by count and slug, with one Query', async () => {
    const { result, requests } = await observeStores(() => listPage(shows, { filter: { drm: true, minEpisodes: 1 } }));
    expect(result).toMatchObject({
      slugs: ['show/biggestarguer', 'show/blindspoon', 'show/toyattic', 'show/elevenaside', 'show/driveways'],
      counts: [1, 2, 2, 3, 31],
      hasNextPage: false,
    });
    expect(requests.map(({ statement }) => statement)).toEqual([
      expect.stringMatching(/^Query t_\w+ gsi_drm_episode$/),
    ]);
  });

  test('stores every value of a show', async () => {
    const { data } = await shows.request(`{
      show(slug: "show/blindspoon") {
        slug title description country genre language tvChannel drm episodeCount image { showImage } primaryColour
        seasons { slug } nextEpisode { channel channelLogo date html url } addedBy { id }
      }
    }`);
    expect(data.show).toEqual({
      slug: 'show/blindspoon',
      title: 'Blind Spoon',
      description: 'Home cooks taste blind, and so do their judges.',
      country: 'USA',
      genre: 'Reality',
      language: 'English',
      tvChannel: 'GEMSTONE',
      drm: true,
      episodeCount: 2,
      image: { showImage: 'http://catchup.example.com/img/shows/blindspoon1280.jpg' },
      primaryColour: '#df0000',
      seasons: [{ slug: 'show/blindspoon/season/1' }],
      nextEpisode: {
        channel: null,
        channelLogo: 'http://catchup.example.com/img/player/logo_gem.gif',
        date: null,
        html: '<br />Visit the Official Website',
        url: 'http://gemstone.example.com/',
      },
      addedBy: null,
    });
  });

  test('stores null or an empty value for missing values', async () => {
    const { data } = await shows.request(`{
      show(slug: "show/harbourwatch") {
        description country genre language drm episodeCount image { showImage } primaryColour seasons { slug } nextEpisode { url }
      }
    }`);
    expect(data.show).toEqual({
      description: null,
      country: null,
      genre: null,
      language: null,
      drm: false,
      episodeCount: 0,
      image: null,
      primaryColour: null,
      seasons: [],
      nextEpisode: null,
    });
  });

  test('returns times in UTC', async () => {
    const { data } = await shows.request('{ show(slug: "show/driveways") { nextEpisode { date } } }');
    expect(data.show.nextEpisode.date).toBe('2027-03-01T08:30:00.000Z');
  });

  test.each([
    [{}, 10],
    [{ drm: false }, 3],
    [{ drm: true }, 7],
    [{ genre: 'reality' }, 5],
    [{ country: 'usa' }, 3],
    [{ country: 'USA', genre: 'Reality' }, 2],
    [{ search: 'MUDLARKS' }, 1],
    [{ search: 'the' }, 3],
    [{ search: 'show coming' }, 1],
    [{ minEpisodes: 9 }, 3],
  ])('the filter %j matches %i shows', async (filter, length) => {
    expect(await listSlugs(shows, { filter })).toHaveLength(length);
  });
});
