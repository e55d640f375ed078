import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import { errorCodes, openJobFixture, nonUserCallers, type JobFixture } from '../fixtures/job-fixture.js';
import { observeStatements } from '../fixtures/observe-statements.js';

const save = `mutation ($input: SaveBookCoverInput!) { saveBookCover(input: $input) { cover {
  id slug title subtitle author publisher imprint publishedOn image { id } externalUrl genres { slug } audiences { slug }
  visualTags { slug } contributors { name kind freelancer { id } } } } }`;
const remove = 'mutation ($input: RemoveBookCoverInput!) { removeBookCover(input: $input) { coverId } }';
const covers = `query ($filter: CoverFilter, $first: Int, $after: String) { covers(filter: $filter, first: $first, after: $after) {
  edges { node { id title } } pageInfo { hasNextPage endCursor } } }`;

const admin = userCaller('ADMIN');
let fixture: JobFixture;
let tag: Record<'neon' | 'paper' | 'ink', string>;
beforeAll(async () => {
  fixture = await openJobFixture();
  const [neon, paper, ink] = [
    await fixture.addTerm('IMAGE_TAG', 'neon'),
    await fixture.addTerm('IMAGE_TAG', 'paper'),
    await fixture.addTerm('IMAGE_TAG', 'ink'),
  ];
  tag = { neon, paper, ink };
});
afterAll(() => fixture.close());

function createImageId(owner = admin): string {
  return mediaIds.make(owner.id, 'BOOK_COVER');
}

function saveCover(input: object, caller = admin) {
  return fixture.request(save, caller, { input });
}

async function createCover(input: object = {}) {
  const { data, errors } = await saveCover({
    title: 'A book',
    author: 'Ana Author',
    imageId: createImageId(),
    ...input,
  });
  expect(errors).toEqual([]);
  return data.saveBookCover.cover;
}

async function listTitles(filter: object = {}): Promise<string[]> {
  const data = await fixture.execute(covers, guest, { filter });
  return data.covers.edges.map(({ node }: { node: { title: string } }) => node.title);
}

describe('saveBookCover', () => {
  test('stores every field', async () => {
    const { profileId } = await fixture.addFreelancer();
    const imageId = createImageId();
    const created = await createCover({
      title: ' The Night Train ',
      subtitle: 'A novel',
      publisher: 'Small Press',
      imprint: 'Smaller',
      publishedOn: '2024-02-29',
      imageId,
      externalUrl: 'https://example.com/night',
      genreIds: [fixture.genre],
      audienceIds: [fixture.audience],
      visualTagIds: [tag.neon, tag.paper],
      contributors: [
        { name: 'Dee Signer', kind: 'DESIGNER', freelancerId: profileId },
        { name: 'Pho Tographer', kind: 'PHOTOGRAPHER' },
      ],
    });
    expect(created).toEqual({
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

  test('changes the given fields and keeps the slug', async () => {
    const { id } = await createCover({
      title: 'Old name',
      publisher: 'Press',
      contributors: [{ name: 'A', kind: 'OTHER' }],
    });
    const renamed = (await saveCover({ id, title: 'New name', publisher: null })).data.saveBookCover.cover;
    expect(renamed).toMatchObject({
      slug: 'old-name',
      title: 'New name',
      publisher: null,
      contributors: [{ name: 'A' }],
    });
    const emptied = (await saveCover({ id, contributors: null })).data.saveBookCover.cover;
    expect(emptied).toMatchObject({ title: 'New name', contributors: [] });
  });

  test('numbers equal slugs, also under concurrency', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => createCover({ title: 'Twins' })));
    const slugs = all.map(({ slug }) => slug).sort();
    expect(slugs).toEqual(['twins', 'twins-2', 'twins-3', 'twins-4', 'twins-5']);
    expect((await createCover({ title: '夜' })).slug).toBe('cover');
  });

  test('requires a title, an author and an image for a new cover', async () => {
    const { errors } = await saveCover({ subtitle: 'Alone' });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'input.title' }, { path: 'input.author' }, { path: 'input.imageId' }],
    });
  });

  test('reports every invalid field at once', async () => {
    const { errors } = await saveCover({
      title: 'x'.repeat(201),
      author: '',
      externalUrl: 'ftp://example.com',
      genreIds: [tag.ink],
      visualTagIds: [fixture.genre],
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

  test('requires an image that the caller uploaded, unless it stays unchanged', async () => {
    expect(
      errorCodes(await saveCover({ title: 'A', author: 'B', imageId: createImageId(userCaller('ADMIN')) })),
    ).toEqual(['NOT_FOUND']);
    const avatar = mediaIds.make(admin.id, 'AVATAR');
    expect(errorCodes(await saveCover({ title: 'A', author: 'B', imageId: avatar }))).toEqual(['NOT_FOUND']);
    const { id, image: kept } = await createCover();
    expect(errorCodes(await saveCover({ id, imageId: kept.id, title: 'C' }, userCaller('ADMIN')))).toEqual([]);
  });

  test.each([
    ...nonUserCallers,
    ...(['FREELANCER', 'HIRING_USER', 'REVIEWER'] as const).map(
      (role) => [role, userCaller(role), 'FORBIDDEN'] as const,
    ),
  ])('and removeBookCover are rejected for %s', async (_, caller, code) => {
    const input = { title: 'A', author: 'B', imageId: createImageId() };
    expect(errorCodes(await fixture.request(save, caller, { input }))).toEqual([code]);
    const { id } = await createCover();
    expect(errorCodes(await fixture.request(remove, caller, { input: { coverId: id } }))).toEqual([code]);
  });

  test('returns NOT_FOUND for an unknown cover', async () => {
    expect(errorCodes(await saveCover({ id: 'nothing', title: 'A' }))).toEqual(['NOT_FOUND']);
  });
});

describe('a contributor', () => {
  test('shows their profile only to callers who may see it', async () => {
    const { profileId, caller } = await fixture.addFreelancer('SUSPENDED');
    const { id } = await createCover({ contributors: [{ name: 'Dee', kind: 'DESIGNER', freelancerId: profileId }] });
    const query = 'query ($id: ID) { cover(id: $id) { contributors { freelancer { id } } } }';
    const hidden = { cover: { contributors: [{ freelancer: null }] } };
    const shown = { cover: { contributors: [{ freelancer: { id: profileId } }] } };
    expect(await fixture.execute(query, guest, { id })).toEqual(hidden);
    expect(await fixture.execute(query, caller, { id })).toEqual(shown);
    expect(await fixture.execute(query, fixture.reviewer, { id })).toEqual(shown);
  });
});

describe('a removed cover', () => {
  test('is missing everywhere, and its slug is not reused', async () => {
    const { id, slug } = await createCover({ title: 'Gone' });
    expect(await fixture.execute(remove, admin, { input: { coverId: id } })).toEqual({
      removeBookCover: { coverId: id },
    });
    expect(errorCodes(await fixture.request(remove, admin, { input: { coverId: id } }))).toEqual(['NOT_FOUND']);
    expect(errorCodes(await saveCover({ id, title: 'Back' }))).toEqual(['NOT_FOUND']);
    expect(await fixture.execute('query ($slug: String) { cover(slug: $slug) { id } }', guest, { slug })).toEqual({
      cover: null,
    });
    expect(await listTitles()).not.toContain('Gone');
    expect((await createCover({ title: 'Gone' })).slug).toBe('gone-2');
  });
});

describe('book covers', () => {
  test.each([{}, { id: 'a', slug: 'b' }])(
    'are requested by exactly one of id and slug, not by %j',
    async (variables) => {
      const query = 'query ($id: ID, $slug: String) { cover(id: $id, slug: $slug) { id } }';
      expect(errorCodes(await fixture.request(query, guest, variables))).toEqual(['BAD_USER_INPUT']);
    },
  );

  test('resolve as entity references by both keys', async () => {
    const { id, slug } = await createCover({ title: 'Keyed' });
    const all = [
      { __typename: 'BookCover', id },
      { __typename: 'BookCover', slug },
    ];
    const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on BookCover { title } } }';
    expect(await fixture.execute(query, guest, { all })).toEqual({
      _entities: [{ title: 'Keyed' }, { title: 'Keyed' }],
    });
  });

  test('are filtered by words and terms, newest first, and paged', async () => {
    await fixture.sql('update book_covers set removed_at = now()');
    const children = await fixture.addTerm('AUDIENCE', 'children');
    await createCover({ title: 'Lighthouses', visualTagIds: [tag.paper], audienceIds: [children] });
    await createCover({ title: 'Neon rain', author: 'Lux Light', genreIds: [fixture.genre], visualTagIds: [tag.neon] });
    await createCover({ title: 'Ink', publisher: 'House of Ink', visualTagIds: [tag.ink, tag.neon] });
    expect(await listTitles()).toEqual(['Ink', 'Neon rain', 'Lighthouses']);
    expect(await listTitles({ search: 'lighthouse' })).toEqual(['Lighthouses']);
    expect(await listTitles({ search: 'lux' })).toEqual(['Neon rain']);
    expect(await listTitles({ visualTags: ['neon'] })).toEqual(['Ink', 'Neon rain']);
    expect(await listTitles({ visualTags: ['neon'], genres: ['noir'] })).toEqual(['Neon rain']);
    expect(await listTitles({ audiences: ['children'] })).toEqual(['Lighthouses']);
    const { pageInfo } = (await fixture.execute(covers, guest, { first: 2 })).covers;
    const rest = await fixture.execute(covers, guest, { first: 2, after: pageInfo.endCursor });
    expect(rest.covers).toMatchObject({
      edges: [{ node: { title: 'Lighthouses' } }],
      pageInfo: { hasNextPage: false },
    });
  });

  test('list related covers by shared terms, most similar first', async () => {
    await fixture.sql('update book_covers set removed_at = now()');
    const { id } = await createCover({ title: 'Base', visualTagIds: [tag.neon, tag.ink], genreIds: [fixture.genre] });
    await createCover({ title: 'Genre only', genreIds: [fixture.genre] });
    await createCover({ title: 'Nearly the same', visualTagIds: [tag.neon, tag.ink] });
    await createCover({ title: 'A tag', visualTagIds: [tag.neon] });
    await createCover({ title: 'Nothing alike', visualTagIds: [tag.paper] });
    const query = 'query ($id: ID, $first: Int) { cover(id: $id) { related(first: $first) { title } } }';
    const related = (await fixture.execute(query, guest, { id, first: 6 })).cover.related;
    expect(related.map(({ title }: { title: string }) => title)).toEqual(['Nearly the same', 'A tag', 'Genre only']);
    expect((await fixture.execute(query, guest, { id, first: 1 })).cover.related).toHaveLength(1);
    for (const first of [0, 25])
      expect(errorCodes(await fixture.request(query, guest, { id, first }))).toEqual(['BAD_USER_INPUT']);
  });

  test('cost the same number of statements for every page size', async () => {
    const { profileId } = await fixture.addFreelancer();
    for (let count = 0; count < 5; count += 1)
      await createCover({
        visualTagIds: [tag.neon],
        contributors: [{ name: 'D', kind: 'DESIGNER', freelancerId: profileId }],
      });
    const document = `query ($first: Int) { covers(first: $first, filter: { visualTags: ["neon"], search: "book" }) { edges { node { title
      image { id } genres { slug } visualTags { slug } contributors { freelancer { id } } related { title visualTags { slug } } } } } }`;
    const cost = async (first: number) => {
      const { requests } = await observeStatements(() => fixture.execute(document, guest, { first }));
      return requests.length;
    };
    expect(await cost(1)).toBe(5);
    expect(await cost(100)).toBe(5);
  });
});
