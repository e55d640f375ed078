import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { imported, item, openShows } from '../fixtures/shows-testbed.js';

const episode = { channelLogo: 'https://images.example.com/logo.gif', url: 'https://example.com/', html: 'Soon' };

describe('a show', () => {
  let shows: TestService;
  let serial = 0;
  beforeAll(async () => {
    shows = await openShows();
  });
  afterAll(() => shows.close());

  async function judged(values: object) {
    const [result] = await imported(shows, [{ ...item(`rule-${(serial += 1)}`), ...values }]);
    return result;
  }

  test.each<[string, object, string, RegExp]>([
    ['has a slug', { slug: null }, 'slug', /is required/],
    ['has a slug like show/x', { slug: 'shows/x' }, 'slug', /must look like show\/x.*"shows\/x"/],
    ['has a slug that begins with a letter or digit', { slug: 'show/-x' }, 'slug', /must look like/],
    ['has a slug in small letters', { slug: 'show/X' }, 'slug', /must look like/],
    ['has a slug without line breaks', { slug: 'show/x\n' }, 'slug', /must look like/],
    ['has a slug of 200 characters at most', { slug: `show/${'x'.repeat(196)}` }, 'slug', /200 characters at most/],
    ['has a title', { title: '   ' }, 'title', /is required/],
    [
      'has a title of 120 characters at most',
      { title: 'é'.repeat(121) },
      'title',
      /120 characters at most, it has 121/,
    ],
    ['has a description of 500 at most', { description: 'x'.repeat(501) }, 'description', /500 .* it has 501/],
    ['has a country of 50 at most', { country: 'x'.repeat(51) }, 'country', /50 characters at most/],
    ['has a genre of 50 at most', { genre: 'x'.repeat(51) }, 'genre', /50 characters at most/],
    ['has a language of 50 at most', { language: 'x'.repeat(51) }, 'language', /50 characters at most/],
    ['has a channel of 50 at most', { tvChannel: 'x'.repeat(51) }, 'tvChannel', /50 characters at most/],
    ['has no negative number of episodes', { episodeCount: -1 }, 'episodeCount', /must not be below 0, it was -1/],
    ['has a colour of hex digits', { primaryColour: 'red' }, 'primaryColour', /a colour like #ff7800, it was "red"/],
    ['has an image with an address', { image: {} }, 'image.showImage', /is required/],
    ['has an image on the web', { image: { showImage: 'javascript:alert(1)' } }, 'image.showImage', /http or https/],
    ['has seasons with slugs', { seasons: [{ slug: 'show/x/season/1' }, {}] }, 'seasons.1.slug', /is required/],
    ['has numbered seasons', { seasons: [{ slug: 'show/x/season/one' }] }, 'seasons.0.slug', /show\/x\/season\/1/],
    [
      'has a logo for its next episode',
      { nextEpisode: { ...episode, channelLogo: '' } },
      'nextEpisode.channelLogo',
      /is required/,
    ],
    [
      'has an address for its next episode',
      { nextEpisode: { ...episode, url: 'tomorrow' } },
      'nextEpisode.url',
      /http or https/,
    ],
    [
      'has a time for its next episode',
      { nextEpisode: { ...episode, date: 'tomorrow' } },
      'nextEpisode.date',
      /must be a time like/,
    ],
  ])('%s', async (_, values, path, message) => {
    expect(await judged(values)).toMatchObject({
      __typename: 'ShowInvalid',
      index: 0,
      fields: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test('has all of its problems named at once', async () => {
    const result = await judged({ title: null, episodeCount: -2, primaryColour: '#12' });
    expect((result?.['fields'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'title',
      'episodeCount',
      'primaryColour',
    ]);
  });

  test('counts characters as people see them, not bytes', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect(await judged({ title: family.repeat(120), description: 'é'.repeat(500) })).toMatchObject({
      __typename: 'ShowCreated',
    });
    expect(await judged({ title: family.repeat(121) })).toMatchObject({ __typename: 'ShowInvalid' });
  });

  test('does not take a character made of thousands of marks', async () => {
    expect(await judged({ genre: `a${'\u0301'.repeat(3000)}` })).toMatchObject({ __typename: 'ShowInvalid' });
  });

  test('may carry a next episode without channel, time and words', async () => {
    const { html: _, ...bare } = episode;
    expect(await judged({ nextEpisode: { ...bare, channel: '', date: '' } })).toMatchObject({
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
  ])('keeps of the HTML %j no more than %j', async (html, kept) => {
    const show = item(`html-${(serial += 1)}`, { nextEpisode: { ...episode, html } });
    await imported(shows, [show]);
    const { data } = await shows.request('query ($slug: ID!) { show(slug: $slug) { nextEpisode { html } } }', {
      variables: { slug: show.slug },
    });
    expect(data.show.nextEpisode.html).toBe(kept);
  });
});
