import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { importItems, item, openShows } from '../fixtures/shows-testbed.js';

const episode = { channelLogo: 'https://images.example.com/logo.gif', url: 'https://example.com/', html: 'Soon' };

describe('a show of an import', () => {
  let shows: TestService;
  let serial = 0;
  beforeAll(async () => {
    shows = await openShows();
  });
  afterAll(() => shows.close());

  async function importOne(values: object) {
    const [result] = await importItems(shows, [{ ...item(`rule-${(serial += 1)}`), ...values }]);
    return result;
  }

  test.each<[string, object, string, RegExp]>([
    ['must have a slug', { slug: null }, 'slug', /is required/],
    ['must have a slug like show/x', { slug: 'shows/x' }, 'slug', /must look like show\/x.*"shows\/x"/],
    ['must have a slug that begins with a letter or digit', { slug: 'show/-x' }, 'slug', /must look like/],
    ['must have a lower-case slug', { slug: 'show/X' }, 'slug', /must look like/],
    ['must have a slug without line breaks', { slug: 'show/x\n' }, 'slug', /must look like/],
    [
      'must have a slug of at most 200 characters',
      { slug: `show/${'x'.repeat(196)}` },
      'slug',
      /at most 200 characters/,
    ],
    ['must have a title', { title: '   ' }, 'title', /is required/],
    [
      'must have a title of at most 120 characters',
      { title: 'é'.repeat(121) },
      'title',
      /at most 120 characters, it has 121/,
    ],
    [
      'must have a description of at most 500 characters',
      { description: 'x'.repeat(501) },
      'description',
      /500 .* it has 501/,
    ],
    ['must have a country of at most 50 characters', { country: 'x'.repeat(51) }, 'country', /at most 50 characters/],
    ['must have a genre of at most 50 characters', { genre: 'x'.repeat(51) }, 'genre', /at most 50 characters/],
    [
      'must have a language of at most 50 characters',
      { language: 'x'.repeat(51) },
      'language',
      /at most 50 characters/,
    ],
    [
      'must have a channel of at most 50 characters',
      { tvChannel: 'x'.repeat(51) },
      'tvChannel',
      /at most 50 characters/,
    ],
    [
      'must not have a negative number of episodes',
      { episodeCount: -1 },
      'episodeCount',
      /must not be negative, it was -1/,
    ],
    [
      'must have a hexadecimal colour',
      { primaryColour: 'red' },
      'primaryColour',
      /a colour like #ff7800, it was "red"/,
    ],
    ['must have an image with an address', { image: {} }, 'image.showImage', /is required/],
    [
      'must have an image with an http or https address',
      { image: { showImage: 'javascript:alert(1)' } },
      'image.showImage',
      /http or https/,
    ],
    ['must have seasons with slugs', { seasons: [{ slug: 'show/x/season/1' }, {}] }, 'seasons.1.slug', /is required/],
    [
      'must have numbered seasons',
      { seasons: [{ slug: 'show/x/season/one' }] },
      'seasons.0.slug',
      /show\/x\/season\/1/,
    ],
    [
      'must have a logo for its next episode',
      { nextEpisode: { ...episode, channelLogo: '' } },
      'nextEpisode.channelLogo',
      /is required/,
    ],
    [
      'must have an address for its next episode',
      { nextEpisode: { ...episode, url: 'tomorrow' } },
      'nextEpisode.url',
      /http or https/,
    ],
    [
      'must have a valid time for its next episode',
      { nextEpisode: { ...episode, date: 'tomorrow' } },
      'nextEpisode.date',
      /must be a time like/,
    ],
  ])('%s', async (_, values, path, message) => {
    expect(await importOne(values)).toMatchObject({
      __typename: 'ShowInvalid',
      index: 0,
      fields: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test('gets all of its problems reported at once', async () => {
    const result = await importOne({ title: null, episodeCount: -2, primaryColour: '#12' });
    expect((result?.['fields'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'title',
      'episodeCount',
      'primaryColour',
    ]);
  });

  test('is measured in user-perceived characters, not bytes', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect(await importOne({ title: family.repeat(120), description: 'é'.repeat(500) })).toMatchObject({
      __typename: 'ShowCreated',
    });
    expect(await importOne({ title: family.repeat(121) })).toMatchObject({ __typename: 'ShowInvalid' });
  });

  test('must not contain a character with thousands of combining marks', async () => {
    expect(await importOne({ genre: `a${'\u0301'.repeat(3000)}` })).toMatchObject({ __typename: 'ShowInvalid' });
  });

  test('may have a next episode without channel, time and text', async () => {
    const { html: _, ...bare } = episode;
    expect(await importOne({ nextEpisode: { ...bare, channel: '', date: '' } })).toMatchObject({
      __typename: 'ShowCreated',
    });
  });

  test.each([
    ['<script>alert(1)</script><b>Soon</b>', '<b>Soon</b>'],
    ['<style>p{}</style><p onclick="x()" style="color:red">Soon</p>', '<p>Soon</p>'],
    ['<img src=x onerror=alert(1)>Soon', 'Soon'],
    ['<iframe src="https://example.com"></iframe>Soon', 'Soon'],
    ['<a href="javascript:alert(1)">Soon</a>', '<a rel="noopener nofollow">Soon</a>'],
    ['<a href="//evil.example">Soon</a>', '<a rel="noopener nofollow">Soon</a>'],
    [
      '<a href="https://example.com/?a=1">Soon</a>',
      '<a href="https://example.com/?a=1" rel="noopener nofollow">Soon</a>',
    ],
    ['<p>One <em>two</em><br>three', '<p>One <em>two</em><br />three</p>'],
    ['5 < 6 & 7', '5 &lt; 6 &amp; 7'],
  ])('gets its HTML %j sanitized to %j', async (html, kept) => {
    const show = item(`html-${(serial += 1)}`, { nextEpisode: { ...episode, html } });
    await importItems(shows, [show]);
    const { data } = await shows.request('query ($slug: ID!) { show(slug: $slug) { nextEpisode { html } } }', {
      variables: { slug: show.slug },
    });
    expect(data.show.nextEpisode.html).toBe(kept);
  });
});
