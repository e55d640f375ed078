import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import {
  importItems,
  importMutation,
  item,
  openShows,
  listPage,
  listSlugs,
  writer,
} from '../fixtures/shows-testbed.js';

describe('an import', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
  });
  afterAll(() => shows.close());

  test('returns the outcome of each item, in order', async () => {
    const results = await importItems(shows, [
      item('one'),
      item('two', { title: '' }),
      item('one', { title: 'Again' }),
    ]);
    expect(results).toEqual([
      { __typename: 'ShowCreated', show: { slug: 'show/one', title: 'one' } },
      { __typename: 'ShowInvalid', index: 1, fields: [{ path: 'title', message: 'is required' }] },
      { __typename: 'ShowConflict', slug: 'show/one' },
    ]);
  });

  test('uses the first valid item of several with the same slug', async () => {
    const results = await importItems(shows, [
      item('twice', { title: null }),
      item('twice', { title: 'First' }),
      item('twice', { title: 'Second' }),
    ]);
    expect(results.map(({ __typename }) => __typename)).toEqual(['ShowInvalid', 'ShowCreated', 'ShowConflict']);
    const { data } = await shows.request('{ show(slug: "show/twice") { title } }');
    expect(data.show.title).toBe('First');
  });

  test('yields conflicts and changes nothing when it is repeated', async () => {
    const first = [item('again-a', { description: 'as it was' }), item('again-b')];
    await importItems(shows, first);
    const results = await importItems(shows, [item('again-a', { description: 'changed' }), item('again-b')]);
    expect(results).toEqual([
      { __typename: 'ShowConflict', slug: 'show/again-a' },
      { __typename: 'ShowConflict', slug: 'show/again-b' },
    ]);
    const { data } = await shows.request('{ show(slug: "show/again-a") { description } }');
    expect(data.show.description).toBe('as it was');
  });

  test('adds every show once when two imports run concurrently', async () => {
    const payload = Array.from({ length: 60 }, (_, at) => item(`race-${at}`));
    const both = await Promise.all([importItems(shows, payload), importItems(shows, [...payload].reverse())]);
    const created = both.flat().filter(({ __typename }) => __typename === 'ShowCreated');
    expect(created).toHaveLength(60);
    expect(both.flat()).toHaveLength(120);
  });

  test.each([0, 1001])('rejects a payload of %i items', async (length) => {
    const payload = Array.from({ length }, (_, at) => item(`many-${at}`));
    const { data, errors } = await shows.request(importMutation, { caller: writer, variables: { payload } });
    expect(data).toEqual({ importShows: null });
    expect(errors[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'input.payload', message: `must have 1 to 1000 items, it has ${length}` }],
    });
  });

  test('records the user in addedBy, null for a machine client', async () => {
    const admin = userCaller('ADMIN');
    await shows.request(importMutation, { caller: admin, variables: { payload: [item('by-user')] } });
    await importItems(shows, [item('by-machine')]);
    const { data } = await shows.request(
      '{ one: show(slug: "show/by-user") { addedBy { __typename id } } other: show(slug: "show/by-machine") { addedBy { id } } }',
    );
    expect(data).toEqual({ one: { addedBy: { __typename: 'User', id: admin.id } }, other: { addedBy: null } });
  });
});

describe('an import of 1000 shows', () => {
  let shows: TestService;
  const payload = Array.from({ length: 1000 }, (_, at) =>
    item(`bulk-${at}`, {
      title: `Bulk number ${at}`,
      description: 'The plot of a show, in a sentence or two. '.repeat(8),
      country: ['UK', 'USA', 'Norway'][at % 3],
      genre: ['Drama', 'Reality'][at % 2],
      drm: at % 2 === 0,
      episodeCount: at % 7,
      image: { showImage: `https://images.example.com/${at}.jpg` },
      seasons: [{ slug: `show/bulk-${at}/season/1` }],
      nextEpisode: {
        channelLogo: 'https://images.example.com/logo.gif',
        html: '<b>Soon</b>',
        url: 'https://example.com/',
      },
    }),
  );
  beforeAll(async () => {
    shows = await openShows();
  });
  afterAll(() => shows.close());

  test('takes one transaction per 49 new shows, and one read per 100 existing ones', async () => {
    const first = await observeStores(() => importItems(shows, payload));
    expect(first.result.filter(({ __typename }) => __typename === 'ShowCreated')).toHaveLength(1000);
    expect(first.requests.map(({ statement }) => statement.split(' ')[0]).sort()).toEqual([
      ...Array(10).fill('BatchGetItem'),
      'GetItem',
      ...Array(21).fill('TransactWriteItems'),
    ]);
    const again = await observeStores(() => importItems(shows, payload));
    expect(again.result.every(({ __typename }) => __typename === 'ShowConflict')).toBe(true);
    expect(again.requests.map(({ statement }) => statement.split(' ')[0])).toEqual(Array(10).fill('BatchGetItem'));
  });

  test('can be listed completely', async () => {
    const all = await listSlugs(shows, { first: 100 });
    expect(all).toEqual(payload.map(({ slug }) => slug).sort());
    expect((await listPage(shows, { filter: { drm: true, minEpisodes: 1 }, first: 100 })).slugs).toHaveLength(100);
  });
});
