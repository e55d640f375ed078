import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import { observeStores } from '@marquee/testkit/test-stores';
import { mediaIds } from '../fixtures/jobs-service.js';
import { codes, openWorld, outsiders, type World } from '../fixtures/job-fixture.js';

const save = `mutation ($input: SaveBookCoverInput!) { saveBookCover(input: $input) { cover {
  id slug title subtitle author publisher imprint publishedOn image { id } externalUrl genres { slug } audiences { slug }
  visualTags { slug } contributors { name kind freelancer { id } } } } }`;
const remove = 'mutation ($input: RemoveBookCoverInput!) { removeBookCover(input: $input) { coverId } }';
const covers = `query ($filter: CoverFilter, $first: Int, $after: String) { covers(filter: $filter, first: $first, after: $after) {
  edges { node { id title } } pageInfo { hasNextPage endCursor } } }`;

const admin = userCaller('ADMIN');
let world: World;
let tag: Record<'neon' | 'paper' | 'ink', string>;
beforeAll(async () => {
  world = await openWorld();
  const [neon, paper, ink] = [
    await world.term('IMAGE_TAG', 'neon'),
    await world.term('IMAGE_TAG', 'paper'),
    await world.term('IMAGE_TAG', 'ink'),
  ];
  tag = { neon, paper, ink };
});
afterAll(() => world.close());

function image(owner = admin): string {
  return mediaIds.make(owner.id, 'BOOK_COVER');
}

function saved(input: object, caller = admin) {
  return world.request(save, caller, { input });
}

async function cover(input: object = {}) {
  const { data, errors } = await saved({ title: 'A book', author: 'Ana Author', imageId: image(), ...input });
  expect(errors).toEqual([]);
  return data.saveBookCover.cover;
}

async function titles(filter: object = {}): Promise<string[]> {
  const data = await world.get(covers, guest, { filter });
  return data.covers.edges.map(({ node }: { node: { title: string } }) => node.title);
}

describe('saving a cover', () => {
  test('keeps everything that it is told', async () => {
    const { profileId } = await world.freelancer();
    const imageId = image();
    const told = await cover({
      title: ' The Night Train ',
      subtitle: 'A novel',
      publisher: 'Small Press',
      imprint: 'Smaller',
      publishedOn: '2024-02-29',
      imageId,
      externalUrl: 'https://example.com/night',
      genreIds: [world.genre],
      audienceIds: [world.audience],
      visualTagIds: [tag.neon, tag.paper],
      contributors: [
        { name: 'Dee Signer', kind: 'DESIGNER', freelancerId: profileId },
        { name: 'Pho Tographer', kind: 'PHOTOGRAPHER' },
      ],
    });
    expect(told).toEqual({
      id: expect.any(String),
      slug: 'the-night-train',
      title: 'The Night Train',
      subtitle: 'A novel',
      author: 'Ana Author',
      publisher: 'Small Press',
      imprint: 'Smaller',
      publishedOn: '2024-02-29',
      image: { id: imageId },
      externalUrl: 'https://example.com/night',
      genres: [{ slug: 'noir' }],
      audiences: [{ slug: 'adults' }],
      visualTags: [{ slug: 'neon' }, { slug: 'paper' }],
      contributors: [
        { name: 'Dee Signer', kind: 'DESIGNER', freelancer: { id: profileId } },
        { name: 'Pho Tographer', kind: 'PHOTOGRAPHER', freelancer: null },
      ],
    });
  });

  test('changes what is given and keeps the slug', async () => {
    const { id } = await cover({ title: 'Old name', publisher: 'Press', contributors: [{ name: 'A', kind: 'OTHER' }] });
    const renamed = (await saved({ id, title: 'New name', publisher: null })).data.saveBookCover.cover;
    expect(renamed).toMatchObject({
      slug: 'old-name',
      title: 'New name',
      publisher: null,
      contributors: [{ name: 'A' }],
    });
    const emptied = (await saved({ id, contributors: null })).data.saveBookCover.cover;
    expect(emptied).toMatchObject({ title: 'New name', contributors: [] });
  });

  test('numbers equal slugs, also when they come at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => cover({ title: 'Twins' })));
    const slugs = all.map(({ slug }) => slug).sort();
    expect(slugs).toEqual(['twins', 'twins-2', 'twins-3', 'twins-4', 'twins-5']);
    expect((await cover({ title: '夜' })).slug).toBe('cover');
  });

  test('needs a title, an author and an image for a new one', async () => {
    const { errors } = await saved({ subtitle: 'Alone' });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'input.title' }, { path: 'input.author' }, { path: 'input.imageId' }],
    });
  });

  test('names everything that is wrong at once', async () => {
    const { errors } = await saved({
      title: 'x'.repeat(201),
      author: '',
      externalUrl: 'ftp://example.com',
      genreIds: [tag.ink],
      visualTagIds: [world.genre],
      contributors: [{ name: '', kind: 'OTHER', freelancerId: 'nothing' }],
    });
    const fields = errors[0]?.extensions['fields'] as { path: string }[];
    expect(fields.map(({ path }) => path)).toEqual([
      'input.title',
      'input.author',
      'input.externalUrl',
      'input.genreIds.0',
      'input.visualTagIds.0',
      'input.contributors.0.name',
      'input.contributors.0.freelancerId',
    ]);
  });

  test('takes an image that the admin uploaded for it; another admin may leave it', async () => {
    expect(codes(await saved({ title: 'A', author: 'B', imageId: image(userCaller('ADMIN')) }))).toEqual(['NOT_FOUND']);
    const avatar = mediaIds.make(admin.id, 'AVATAR');
    expect(codes(await saved({ title: 'A', author: 'B', imageId: avatar }))).toEqual(['NOT_FOUND']);
    const { id, image: kept } = await cover();
    expect(codes(await saved({ id, imageId: kept.id, title: 'C' }, userCaller('ADMIN')))).toEqual([]);
  });

  test.each([
    ...outsiders,
    ...(['FREELANCER', 'HIRING_USER', 'REVIEWER'] as const).map(
      (role) => [role, userCaller(role), 'FORBIDDEN'] as const,
    ),
  ])('and removing one is refused to %s', async (_, caller, code) => {
    const input = { title: 'A', author: 'B', imageId: image() };
    expect(codes(await world.request(save, caller, { input }))).toEqual([code]);
    const { id } = await cover();
    expect(codes(await world.request(remove, caller, { input: { coverId: id } }))).toEqual([code]);
  });

  test('is NOT_FOUND for a cover that there is not', async () => {
    expect(codes(await saved({ id: 'nothing', title: 'A' }))).toEqual(['NOT_FOUND']);
  });
});

describe('a contributor', () => {
  test('shows their profile only where it may be seen', async () => {
    const { profileId, caller } = await world.freelancer('SUSPENDED');
    const { id } = await cover({ contributors: [{ name: 'Dee', kind: 'DESIGNER', freelancerId: profileId }] });
    const query = 'query ($id: ID) { cover(id: $id) { contributors { freelancer { id } } } }';
    const hidden = { cover: { contributors: [{ freelancer: null }] } };
    const shown = { cover: { contributors: [{ freelancer: { id: profileId } }] } };
    expect(await world.get(query, guest, { id })).toEqual(hidden);
    expect(await world.get(query, caller, { id })).toEqual(shown);
    expect(await world.get(query, world.reviewer, { id })).toEqual(shown);
  });
});

describe('a removed cover', () => {
  test('is gone everywhere, for good, and its slug is not given again', async () => {
    const { id, slug } = await cover({ title: 'Gone' });
    expect(await world.get(remove, admin, { input: { coverId: id } })).toEqual({ removeBookCover: { coverId: id } });
    expect(codes(await world.request(remove, admin, { input: { coverId: id } }))).toEqual(['NOT_FOUND']);
    expect(codes(await saved({ id, title: 'Back' }))).toEqual(['NOT_FOUND']);
    expect(await world.get('query ($slug: String) { cover(slug: $slug) { id } }', guest, { slug })).toEqual({
      cover: null,
    });
    expect(await titles()).not.toContain('Gone');
    expect((await cover({ title: 'Gone' })).slug).toBe('gone-2');
  });
});

describe('covers', () => {
  test.each([{}, { id: 'a', slug: 'b' }])(
    'are asked for by exactly one of id and slug, not by %j',
    async (variables) => {
      const query = 'query ($id: ID, $slug: String) { cover(id: $id, slug: $slug) { id } }';
      expect(codes(await world.request(query, guest, variables))).toEqual(['BAD_USER_INPUT']);
    },
  );

  test('are there for other services by both keys', async () => {
    const { id, slug } = await cover({ title: 'Keyed' });
    const all = [
      { __typename: 'BookCover', id },
      { __typename: 'BookCover', slug },
    ];
    const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on BookCover { title } } }';
    expect(await world.get(query, guest, { all })).toEqual({ _entities: [{ title: 'Keyed' }, { title: 'Keyed' }] });
  });

  test('are narrowed by words and terms, the last added first, and paged', async () => {
    await world.sql('update book_covers set removed_at = now()');
    const children = await world.term('AUDIENCE', 'children');
    await cover({ title: 'Lighthouses', visualTagIds: [tag.paper], audienceIds: [children] });
    await cover({ title: 'Neon rain', author: 'Lux Light', genreIds: [world.genre], visualTagIds: [tag.neon] });
    await cover({ title: 'Ink', publisher: 'House of Ink', visualTagIds: [tag.ink, tag.neon] });
    expect(await titles()).toEqual(['Ink', 'Neon rain', 'Lighthouses']);
    expect(await titles({ search: 'lighthouse' })).toEqual(['Lighthouses']);
    expect(await titles({ search: 'lux' })).toEqual(['Neon rain']);
    expect(await titles({ visualTags: ['neon'] })).toEqual(['Ink', 'Neon rain']);
    expect(await titles({ visualTags: ['neon'], genres: ['noir'] })).toEqual(['Neon rain']);
    expect(await titles({ audiences: ['children'] })).toEqual(['Lighthouses']);
    const { pageInfo } = (await world.get(covers, guest, { first: 2 })).covers;
    const rest = await world.get(covers, guest, { first: 2, after: pageInfo.endCursor });
    expect(rest.covers).toMatchObject({
      edges: [{ node: { title: 'Lighthouses' } }],
      pageInfo: { hasNextPage: false },
    });
  });

  test('are related by what they share, the most alike first', async () => {
    await world.sql('update book_covers set removed_at = now()');
    const { id } = await cover({ title: 'Base', visualTagIds: [tag.neon, tag.ink], genreIds: [world.genre] });
    await cover({ title: 'Genre only', genreIds: [world.genre] });
    await cover({ title: 'Nearly the same', visualTagIds: [tag.neon, tag.ink] });
    await cover({ title: 'A tag', visualTagIds: [tag.neon] });
    await cover({ title: 'Nothing alike', visualTagIds: [tag.paper] });
    const query = 'query ($id: ID, $first: Int) { cover(id: $id) { related(first: $first) { title } } }';
    const related = (await world.get(query, guest, { id, first: 6 })).cover.related;
    expect(related.map(({ title }: { title: string }) => title)).toEqual(['Nearly the same', 'A tag', 'Genre only']);
    expect((await world.get(query, guest, { id, first: 1 })).cover.related).toHaveLength(1);
    for (const first of [0, 25])
      expect(codes(await world.request(query, guest, { id, first }))).toEqual(['BAD_USER_INPUT']);
  });

  test('cost the same number of statements whatever the size of the page', async () => {
    const { profileId } = await world.freelancer();
    for (let count = 0; count < 5; count += 1)
      await cover({
        visualTagIds: [tag.neon],
        contributors: [{ name: 'D', kind: 'DESIGNER', freelancerId: profileId }],
      });
    const document = `query ($first: Int) { covers(first: $first, filter: { visualTags: ["neon"], search: "book" }) { edges { node { title
      image { id } genres { slug } visualTags { slug } contributors { freelancer { id } } related { title visualTags { slug } } } } } }`;
    const cost = async (first: number) => {
      const { requests } = await observeStores(() => world.get(document, guest, { first }));
      return requests.length;
    };
    expect(await cost(1)).toBe(8);
    expect(await cost(100)).toBe(8);
  });
});
