import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import {
  admin,
  hiring,
  openProfileFixture,
  reviewer,
  type Freelancer,
  type ProfileFixture,
} from '../fixtures/profile-fixture.js';

let fixture: ProfileFixture;
const people: Record<string, Freelancer> = {};

/** Adds eight freelancers that the filters distinguish. The last one is not public. */
beforeAll(async () => {
  fixture = await openProfileFixture();
  const { Scholars, Adults, Watercolour, Collage, Fantasy, Crime, Dragon, Forest } = fixture.terms;
  const both = [Scholars, Adults];
  await add('Zoë Brandt', { statement: 'Loose ink and winter light.', styleIds: [Collage] });
  await add('anna Keller', { currentLocations: ['Zürich, Switzerland'], genreIds: [Fantasy], imageTagIds: [Dragon] });
  await add('Bruno Sá', { summary: 'Winter forests for crime novels.', genreIds: [Crime], imageTagIds: [Forest] });
  await add('Chidi Okafor', { usesAi: true, aiDetails: 'Upscaling.', audienceIds: [Adults] });
  await add('Dana Whitfield', { hasAgent: true, audienceIds: both, styleIds: [Watercolour, Collage] });
  await add('Émile Roux', { statement: 'A winter of gouache.', genreIds: [Fantasy, Crime] });
  await add('Farah Nasser', { currentLocations: ['Basel, Switzerland', 'Cairo, Egypt'] });
  people['Hidden Winter'] = await fixture.createFreelancerInStatus('SUSPENDED', 'Hidden Winter');
  for (const name of ['Bruno Sá', 'Dana Whitfield'])
    await fixture.mutate(admin, 'setFeatured', { profileId: people[name]!.id, featured: true }, '__typename');
});
afterAll(() => fixture.service.close());

async function add(name: string, input: object): Promise<void> {
  people[name] = await fixture.createFreelancerInStatus('APPROVED', name, input);
}

const document = `query ($filter: FreelancerFilter, $sort: FreelancerSort, $first: Int, $after: String) {
  freelancers(filter: $filter, sort: $sort, first: $first, after: $after) {
    edges { node { name } } pageInfo { hasNextPage endCursor } } }`;

interface ListArguments {
  filter?: object;
  sort?: string | null;
  first?: number;
  after?: string | null;
}

async function loadPage(args: ListArguments, caller: Caller = guest) {
  const { freelancers } = await fixture.query(caller, document, args);
  return {
    names: freelancers.edges.map(({ node }: { node: { name: string } }) => node.name) as string[],
    ...freelancers.pageInfo,
  };
}

async function listNames(args: ListArguments, caller: Caller = guest): Promise<string[]> {
  return (await loadPage(args, caller)).names;
}

/** Returns the names on all pages. */
async function listAllPages(args: ListArguments): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { names: some, endCursor, hasNextPage } = await loadPage({ ...args, after });
    found.push(...some);
    [after, more] = [endCursor, hasNextPage];
  }
  return found;
}

async function getError(args: ListArguments, caller: Caller = guest) {
  return (await fixture.service.request(document, { caller, variables: args })).errors[0]?.extensions;
}

const newest = [
  'Farah Nasser',
  'Émile Roux',
  'Dana Whitfield',
  'Chidi Okafor',
  'Bruno Sá',
  'anna Keller',
  'Zoë Brandt',
];

const orders: Record<string, string[]> = {
  NEWEST: newest,
  ALPHABETICAL: [
    'anna Keller',
    'Bruno Sá',
    'Chidi Okafor',
    'Dana Whitfield',
    'Émile Roux',
    'Farah Nasser',
    'Zoë Brandt',
  ],
  FEATURED: ['Dana Whitfield', 'Bruno Sá', 'Farah Nasser', 'Émile Roux', 'Chidi Okafor', 'anna Keller', 'Zoë Brandt'],
};

describe('freelancers', () => {
  test('are listed to every caller, newest first, if they are APPROVED', async () => {
    for (const caller of [guest, machineCaller(), userCaller(), hiring, reviewer, admin])
      expect(await listNames({}, caller)).toEqual(newest);
    expect(await listNames({ sort: null })).toEqual(newest);
  });

  test.each(Object.keys(orders))('are paged in the sort order %s without gaps or repeats', async (sort) => {
    expect(await listAllPages({ sort, first: 2 })).toEqual(orders[sort]);
  });

  test('added between two pages do not affect the pages', async () => {
    const { endCursor } = await loadPage({ first: 3 });
    const late = await fixture.createFreelancerInStatus('APPROVED', 'Late Comer');
    expect(await listNames({ after: endCursor })).toEqual(newest.slice(3));
    await fixture.mutate(reviewer, 'actOnFreelancerProfile', { profileId: late.id, action: 'ARCHIVE' }, '__typename');
  });
});

describe('a filter', () => {
  const cases: [string, object, string[]][] = [
    ['any of some audiences', { audiences: ['adults'] }, ['Dana Whitfield', 'Chidi Okafor']],
    ['any of some styles', { styles: ['collage', 'unheard-of'] }, ['Dana Whitfield', 'Zoë Brandt']],
    ['any of some genres', { genres: ['crime', 'fantasy'] }, ['Émile Roux', 'Bruno Sá', 'anna Keller']],
    ['any of some image tags', { imageTags: ['dragon', 'forest'] }, ['Bruno Sá', 'anna Keller']],
    ['an unknown slug', { styles: ['unheard-of'] }, []],
    ['a slug of another category', { styles: ['crime'] }, []],
    ['empty lists', { styles: [], genres: null }, newest],
    ['part of a location, without accents', { location: 'zurich' }, ['anna Keller']],
    ['a country', { location: 'SWITZERLAND' }, ['Farah Nasser', 'anna Keller']],
    ['a wildcard, which has no meaning', { location: '%' }, []],
    ['the use of AI', { usesAi: true }, ['Chidi Okafor']],
    ['several criteria', { audiences: ['adults'], styles: ['watercolour'], usesAi: false }, ['Dana Whitfield']],
  ];
  test.each(cases)('by %s', async (_, filter, expected) => {
    expect(await listNames({ filter })).toEqual(expected);
  });

  test('by an agent is limited to staff', async () => {
    for (const caller of [hiring, reviewer, admin])
      expect(await listNames({ filter: { hasAgent: true } }, caller)).toEqual(['Dana Whitfield']);
    expect(await getError({ filter: { hasAgent: false } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [userCaller('FREELANCER'), machineCaller('shows.read')])
      expect(await getError({ filter: { hasAgent: true } }, caller)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('by favourites requires a signed-in user', async () => {
    const fan = userCaller('FREELANCER');
    for (const name of ['Farah Nasser', 'Bruno Sá'])
      await fixture.mutate(fan, 'setFavorite', { profileId: people[name]!.id, favorite: true }, '__typename');
    expect(await listNames({ filter: { favoritesOnly: true } }, fan)).toEqual(['Farah Nasser', 'Bruno Sá']);
    expect(await listNames({ filter: { favoritesOnly: true } }, hiring)).toEqual([]);
    expect(await getError({ filter: { favoritesOnly: true } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await getError({ filter: { favoritesOnly: true } }, machineCaller())).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('by a folder requires access to it, and lists public profiles only', async () => {
    const { folder } = await fixture.mutate(reviewer, 'createFolder', { name: 'Mine' }, 'folder { id }');
    for (const name of ['Zoë Brandt', 'Hidden Winter'])
      await fixture.mutate(
        reviewer,
        'setFolderMember',
        { folderId: folder.id, profileId: people[name]!.id, member: true },
        '__typename',
      );
    const filter = { folderId: folder.id };
    expect(await listNames({ filter }, reviewer)).toEqual(['Zoë Brandt']);
    expect(await getError({ filter }, admin)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await getError({ filter })).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const folderId of ['nothing', randomUUID()])
      expect(await getError({ filter: { folderId } }, reviewer)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a search', () => {
  const found = async (search: string, rest: ListArguments = {}) =>
    listNames({ filter: { search }, sort: 'ALPHABETICAL', ...rest });

  test('finds inflected words in texts of public profiles', async () => {
    expect(await found('winters')).toEqual(['Bruno Sá', 'Émile Roux', 'Zoë Brandt']);
    expect(await found('winter -gouache')).toEqual(['Bruno Sá', 'Zoë Brandt']);
    expect(await found('"winter light"')).toEqual(['Zoë Brandt']);
    expect(await found('gouache or novels')).toEqual(['Bruno Sá', 'Émile Roux']);
    expect(await found('hidden')).toEqual([]);
  });

  test('finds names by a part, without accents and misspelt', async () => {
    expect(await found('zoe')).toEqual(['Zoë Brandt']);
    expect(await found('ZOË')).toEqual(['Zoë Brandt']);
    expect(await found('whitf')).toEqual(['Dana Whitfield']);
    expect(await found('whitfielt')).toEqual(['Dana Whitfield']);
    expect(await found('emile')).toEqual(['Émile Roux']);
  });

  test('finds locations, and combines with other filters', async () => {
    expect(await found('switzerland')).toEqual(['anna Keller', 'Farah Nasser']);
    expect(await listNames({ filter: { search: 'switzerland', genres: ['fantasy'] } })).toEqual(['anna Keller']);
  });

  test('accepts any search text', async () => {
    for (const search of ["'", '"', '-', '& | !', ':*', '\\', '((']) expect(await found(search)).toEqual([]);
    expect(await found('   ')).toHaveLength(7);
  });

  describe('that finds texts, names and both', () => {
    const filter = { search: 'winter' };
    beforeAll(async () => {
      await add('Winter Winters', { summary: 'Winter, winter, winter.' });
      await add('Wintergreen Ode', {});
    });

    test.each([
      ['NEWEST', ['Wintergreen Ode', 'Winter Winters', 'Émile Roux', 'Bruno Sá', 'Zoë Brandt']],
      ['ALPHABETICAL', ['Bruno Sá', 'Émile Roux', 'Winter Winters', 'Wintergreen Ode', 'Zoë Brandt']],
      ['FEATURED', ['Bruno Sá', 'Wintergreen Ode', 'Winter Winters', 'Émile Roux', 'Zoë Brandt']],
    ])('is paged in the sort order %s without gaps or repeats', async (sort, expected) => {
      for (const first of [1, 2, 5]) expect(await listAllPages({ filter, sort, first })).toEqual(expected);
    });

    test('is paged in the sort order RELEVANCE with the best match first', async () => {
      const relevant = { filter, sort: 'RELEVANCE' };
      const all = await listNames(relevant);
      expect(all[0]).toBe('Winter Winters');
      expect([...all].sort()).toEqual(
        ['Bruno Sá', 'Winter Winters', 'Wintergreen Ode', 'Zoë Brandt', 'Émile Roux'].sort(),
      );
      expect(await listAllPages({ ...relevant, first: 1 })).toEqual(all);
    });
  });
});

describe('the list rejects', () => {
  test('RELEVANCE without a search text', async () => {
    for (const filter of [undefined, { search: ' ' }])
      expect(await getError({ filter, sort: 'RELEVANCE' })).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [{ path: 'sort', message: 'RELEVANCE needs filter.search' }],
      });
  });

  test('a cursor of another sort order and invalid cursors', async () => {
    const cursors = await Promise.all(
      Object.keys(orders).map(async (sort) => [sort, (await loadPage({ sort, first: 1 })).endCursor] as const),
    );
    for (const sort of Object.keys(orders))
      for (const [other, after] of cursors.filter(([own]) => own !== sort))
        expect([other, await getError({ sort, after })]).toMatchObject([other, { fields: [{ path: 'after' }] }]);
    for (const after of ['nonsense', Buffer.from('["NEWEST","","x"]').toString('base64url')])
      expect(await getError({ after })).toMatchObject({ fields: [{ path: 'after' }] });
  });

  test.each([0, -1, 101])('a page size of %s', async (first) => {
    expect(await getError({ first })).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'first' }] });
  });

  test('texts that are too long', async () => {
    expect(await getError({ filter: { search: 'x'.repeat(201), location: 'x'.repeat(101) } })).toMatchObject({
      fields: [{ path: 'filter.search' }, { path: 'filter.location' }],
    });
  });
});
