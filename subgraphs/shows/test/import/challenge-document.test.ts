import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { decodeDocument } from '../../src/import/command/document-decoder.js';
import { imported, openShows, page, slugs } from '../fixtures/shows-testbed.js';

describe('the challenge document', () => {
  let shows: TestService;
  let results: Awaited<ReturnType<typeof imported>>;
  beforeAll(async () => {
    shows = await openShows();
    const document = decodeDocument(await readFile('subgraphs/shows/examples/challenge.json', 'utf8'));
    results = await imported(shows, document);
  });
  afterAll(() => shows.close());

  test('is ten shows, all of which are taken', () => {
    expect(results.map(({ __typename }) => __typename)).toEqual(Array(10).fill('ShowCreated'));
  });

  test('answers exactly the shows with drm and episodes, by count and then slug, with one Query', async () => {
    const { result, requests } = await observeStores(() => page(shows, { filter: { drm: true, minEpisodes: 1 } }));
    expect(result).toMatchObject({
      slugs: ['show/biggestarguer', 'show/blindspoon', 'show/toyattic', 'show/elevenaside', 'show/driveways'],
      counts: [1, 2, 2, 3, 31],
      hasNextPage: false,
    });
    expect(requests.map(({ statement }) => statement)).toEqual([
      expect.stringMatching(/^Query t_\w+ gsi_drm_episode$/),
    ]);
  });

  test('keeps every value of a show', async () => {
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

  test('leaves what a show does not say empty', async () => {
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

  test('tells times in UTC', async () => {
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
  ])('with the filter %j has %i shows', async (filter, length) => {
    expect(await slugs(shows, { filter })).toHaveLength(length);
  });
});
