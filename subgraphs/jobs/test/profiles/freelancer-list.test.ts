import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { admin, hiring, openTalent, reviewer, type Freelancer, type Talent } from '../fixtures/profile-fixture.js';

let world: Talent;
const people: Record<string, Freelancer> = {};

/** Eight people, each of whom differs from the others in what the filters look at; the last is not public. */
beforeAll(async () => {
  world = await openTalent();
  const { Children, Adults, Watercolour, Collage, Fantasy, Crime, Dragon, Forest } = world.terms;
  const both = [Children, Adults];
  await add('Zoë Brandt', { statement: 'Loose ink and winter light.', styleIds: [Collage] });
  await add('anna Keller', { currentLocations: ['Zürich, Switzerland'], genreIds: [Fantasy], imageTagIds: [Dragon] });
  await add('Bruno Sá', { summary: 'Winter forests for crime novels.', genreIds: [Crime], imageTagIds: [Forest] });
  await add('Chidi Okafor', { usesAi: true, aiDetails: 'Upscaling.', audienceIds: [Adults] });
  await add('Dana Whitfield', { hasAgent: true, audienceIds: both, styleIds: [Watercolour, Collage] });
  await add('Émile Roux', { statement: 'A winter of gouache.', genreIds: [Fantasy, Crime] });
  await add('Farah Nasser', { currentLocations: ['Basel, Switzerland', 'Cairo, Egypt'] });
  people['Hidden Winter'] = await world.freelancerIn('SUSPENDED', 'Hidden Winter');
  for (const name of ['Bruno Sá', 'Dana Whitfield'])
    await world.mutate(admin, 'setFeatured', { profileId: people[name]!.id, featured: true }, '__typename');
});
afterAll(() => world.jobs.close());

async function add(name: string, input: object): Promise<void> {
  people[name] = await world.freelancerIn('APPROVED', name, input);
}

const document = `query ($filter: FreelancerFilter, $sort: FreelancerSort, $first: Int, $after: String) {
  freelancers(filter: $filter, sort: $sort, first: $first, after: $after) {
    edges { node { name } } pageInfo { hasNextPage endCursor } } }`;

interface Asked {
  filter?: object;
  sort?: string | null;
  first?: number;
  after?: string | null;
}

async function page(asked: Asked, caller: Caller = guest) {
  const { freelancers } = await world.query(caller, document, asked);
  return {
    names: freelancers.edges.map(({ node }: { node: { name: string } }) => node.name) as string[],
    ...freelancers.pageInfo,
  };
}

async function names(asked: Asked, caller: Caller = guest): Promise<string[]> {
  return (await page(asked, caller)).names;
}

/** The names of all pages, one after the other. */
async function paged(asked: Asked): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { names: some, endCursor, hasNextPage } = await page({ ...asked, after });
    found.push(...some);
    [after, more] = [endCursor, hasNextPage];
  }
  return found;
}

async function refused(asked: Asked, caller: Caller = guest) {
  return (await world.jobs.request(document, { caller, variables: asked })).errors[0]?.extensions;
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
  test('are listed to everyone, the newest first, when they are APPROVED', async () => {
    for (const caller of [guest, machineCaller(), userCaller(), hiring, reviewer, admin])
      expect(await names({}, caller)).toEqual(newest);
    expect(await names({ sort: null })).toEqual(newest);
  });

  test.each(Object.keys(orders))('come in the order %s, page by page, each once', async (sort) => {
    expect(await paged({ sort, first: 2 })).toEqual(orders[sort]);
  });

  test('who come while somebody pages do not disturb the pages', async () => {
    const { endCursor } = await page({ first: 3 });
    const late = await world.freelancerIn('APPROVED', 'Late Comer');
    expect(await names({ after: endCursor })).toEqual(newest.slice(3));
    await world.mutate(reviewer, 'actOnFreelancerProfile', { profileId: late.id, action: 'ARCHIVE' }, '__typename');
  });
});

describe('a filter', () => {
  const cases: [string, object, string[]][] = [
    ['any of some audiences', { audiences: ['adults'] }, ['Dana Whitfield', 'Chidi Okafor']],
    ['any of some styles', { styles: ['collage', 'unheard-of'] }, ['Dana Whitfield', 'Zoë Brandt']],
    ['any of some genres', { genres: ['crime', 'fantasy'] }, ['Émile Roux', 'Bruno Sá', 'anna Keller']],
    ['any of some image tags', { imageTags: ['dragon', 'forest'] }, ['Bruno Sá', 'anna Keller']],
    ['a slug that there is not', { styles: ['unheard-of'] }, []],
    ['a slug of another category', { styles: ['crime'] }, []],
    ['no slug at all', { styles: [], genres: null }, newest],
    ['a part of a place, without its accents', { location: 'zurich' }, ['anna Keller']],
    ['a country', { location: 'SWITZERLAND' }, ['Farah Nasser', 'anna Keller']],
    ['a place that holds a wildcard', { location: '%' }, []],
    ['who uses AI', { usesAi: true }, ['Chidi Okafor']],
    [
      'several things, all of which hold',
      { audiences: ['adults'], styles: ['watercolour'], usesAi: false },
      ['Dana Whitfield'],
    ],
  ];
  test.each(cases)('by %s', async (_, filter, expected) => {
    expect(await names({ filter })).toEqual(expected);
  });

  test('by an agent is for the house', async () => {
    for (const caller of [hiring, reviewer, admin])
      expect(await names({ filter: { hasAgent: true } }, caller)).toEqual(['Dana Whitfield']);
    expect(await refused({ filter: { hasAgent: false } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [userCaller('FREELANCER'), machineCaller('shows.read')])
      expect(await refused({ filter: { hasAgent: true } }, caller)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('by favourites is for who has some', async () => {
    const fan = userCaller('FREELANCER');
    for (const name of ['Farah Nasser', 'Bruno Sá'])
      await world.mutate(fan, 'setFavorite', { profileId: people[name]!.id, favorite: true }, '__typename');
    expect(await names({ filter: { favoritesOnly: true } }, fan)).toEqual(['Farah Nasser', 'Bruno Sá']);
    expect(await names({ filter: { favoritesOnly: true } }, hiring)).toEqual([]);
    expect(await refused({ filter: { favoritesOnly: true } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await refused({ filter: { favoritesOnly: true } }, machineCaller())).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('by a folder is for who may see it, and shows whom the public may see', async () => {
    const { folder } = await world.mutate(reviewer, 'createFolder', { name: 'Mine' }, 'folder { id }');
    for (const name of ['Zoë Brandt', 'Hidden Winter'])
      await world.mutate(
        reviewer,
        'setFolderMember',
        { folderId: folder.id, profileId: people[name]!.id, member: true },
        '__typename',
      );
    const filter = { folderId: folder.id };
    expect(await names({ filter }, reviewer)).toEqual(['Zoë Brandt']);
    expect(await refused({ filter }, admin)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused({ filter })).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const folderId of ['nothing', randomUUID()])
      expect(await refused({ filter: { folderId } }, reviewer)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a search', () => {
  const found = async (search: string, rest: Asked = {}) =>
    names({ filter: { search }, sort: 'ALPHABETICAL', ...rest });

  test('finds words of the texts in their other forms, and leaves out what is not public', async () => {
    expect(await found('winters')).toEqual(['Bruno Sá', 'Émile Roux', 'Zoë Brandt']);
    expect(await found('winter -gouache')).toEqual(['Bruno Sá', 'Zoë Brandt']);
    expect(await found('"winter light"')).toEqual(['Zoë Brandt']);
    expect(await found('gouache or novels')).toEqual(['Bruno Sá', 'Émile Roux']);
    expect(await found('hidden')).toEqual([]);
  });

  test('finds names by a part, without accents, and misspelt', async () => {
    expect(await found('zoe')).toEqual(['Zoë Brandt']);
    expect(await found('ZOË')).toEqual(['Zoë Brandt']);
    expect(await found('whitf')).toEqual(['Dana Whitfield']);
    expect(await found('whitfielt')).toEqual(['Dana Whitfield']);
    expect(await found('emile')).toEqual(['Émile Roux']);
  });

  test('finds places, and takes other filters along', async () => {
    expect(await found('switzerland')).toEqual(['anna Keller', 'Farah Nasser']);
    expect(await names({ filter: { search: 'switzerland', genres: ['fantasy'] } })).toEqual(['anna Keller']);
  });

  test('survives what is no query', async () => {
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
    ])('comes in the order %s, page by page, each once', async (sort, expected) => {
      for (const first of [1, 2, 5]) expect(await paged({ filter, sort, first })).toEqual(expected);
    });

    test('comes with the best first when it is to be relevant, page by page', async () => {
      const relevant = { filter, sort: 'RELEVANCE' };
      const all = await names(relevant);
      expect(all[0]).toBe('Winter Winters');
      expect([...all].sort()).toEqual(
        ['Bruno Sá', 'Winter Winters', 'Wintergreen Ode', 'Zoë Brandt', 'Émile Roux'].sort(),
      );
      expect(await paged({ ...relevant, first: 1 })).toEqual(all);
    });
  });
});

describe('a list is refused', () => {
  test('an order by relevance to nothing', async () => {
    for (const filter of [undefined, { search: ' ' }])
      expect(await refused({ filter, sort: 'RELEVANCE' })).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [{ path: 'sort', message: 'RELEVANCE needs filter.search' }],
      });
  });

  test('a cursor of another order, of another list or of none', async () => {
    const cursors = await Promise.all(
      Object.keys(orders).map(async (sort) => [sort, (await page({ sort, first: 1 })).endCursor] as const),
    );
    for (const sort of Object.keys(orders))
      for (const [other, after] of cursors.filter(([own]) => own !== sort))
        expect([other, await refused({ sort, after })]).toMatchObject([other, { fields: [{ path: 'after' }] }]);
    for (const after of ['nonsense', Buffer.from('["NEWEST","","x"]').toString('base64url')])
      expect(await refused({ after })).toMatchObject({ fields: [{ path: 'after' }] });
  });

  test.each([0, -1, 101])('a page of %s', async (first) => {
    expect(await refused({ first })).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'first' }] });
  });

  test('texts without end', async () => {
    expect(await refused({ filter: { search: 'x'.repeat(201), location: 'x'.repeat(101) } })).toMatchObject({
      fields: [{ path: 'filter.search' }, { path: 'filter.location' }],
    });
  });
});
