import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { v7 } from 'uuid';
import { errorCodes, openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';

interface Page {
  edges: { node: { title: string }; cursor: string }[];
  pageInfo: { startCursor: string | null; endCursor: string | null; hasNextPage: boolean; hasPreviousPage: boolean };
}

let fixture: JobFixture;
let [lettering, fantasy, children]: string[] = [];
beforeAll(async () => {
  fixture = await openJobFixture();
  [lettering, fantasy, children] = [
    await fixture.addTerm('PROJECT_TYPE', 'lettering'),
    await fixture.addTerm('GENRE', 'fantasy'),
    await fixture.addTerm('AUDIENCE', 'children'),
  ];
  await addJobs();
  await addCovers();
});
afterAll(() => fixture.close());

describe.each([
  ['jobs', 'NEWEST', ['zebra', 'apple', 'Émile', 'Apple', 'Yes', 'eager']],
  ['jobs', 'OLDEST', ['eager', 'Yes', 'Apple', 'Émile', 'apple', 'zebra']],
  ['jobs', 'DEADLINE', ['Yes', 'zebra', 'Émile', 'eager', 'Apple', 'apple']],
  ['jobs', 'ALPHABETICAL', ['Apple', 'apple', 'eager', 'Émile', 'Yes', 'zebra']],
  ['covers', 'NEWEST', ['Last', 'émigré', 'Elm', 'First']],
  ['covers', 'OLDEST', ['First', 'Elm', 'émigré', 'Last']],
  ['covers', 'PUBLICATION', ['Elm', 'First', 'Last', 'émigré']],
  ['covers', 'ALPHABETICAL', ['Elm', 'émigré', 'First', 'Last']],
])('%s in the order %s', (field, sort, titles) => {
  test('are complete', async () => {
    expect(titlesOf(await read(field, { sort }))).toEqual(titles);
  });

  test.each([
    ['', {}],
    [' with a filter', { genres: ['noir', 'fantasy'] }],
    [' with a search', { search: 'common' }],
  ])('have the same nodes in pages from both ends%s', async (_, filter) => {
    const whole = titlesOf(await read(field, { sort, filter }));
    expect(whole.length).toBeGreaterThan(2);
    expect(await walkForward(field, { sort, filter })).toEqual(whole);
    expect(await walkBackward(field, { sort, filter })).toEqual(whole);
  });

  test('refuse the cursors of another order and of another filter', async () => {
    const own = (await read(field, { sort })).pageInfo.startCursor;
    const elsewhere = [
      ...['NEWEST', 'OLDEST', 'ALPHABETICAL'].filter((other) => other !== sort).map((other) => ({ sort: other })),
      { sort, filter: { genres: ['noir'] } },
      { sort, filter: { search: 'common' } },
    ];
    for (const variables of elsewhere) {
      const foreign = (await read(field, variables)).pageInfo.startCursor;
      for (const cursor of ['after', 'before']) {
        const refused = [
          await request(field, { sort, [cursor]: foreign }),
          await request(field, { ...variables, [cursor]: own }),
        ];
        expect(refused.map(errorCodes)).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']]);
      }
    }
  });
});

test.each([
  ['jobs', 'NEWEST', '0000-01-01T00:00:00.000Z'],
  ['jobs', 'DEADLINE', '0000-01-01T00:00:00.000Z'],
  ['covers', 'PUBLICATION', '0000-01-01'],
])('a cursor of %s in the order %s refuses the year 0', async (field, sort, date) => {
  const own = Buffer.from((await read(field, { sort })).pageInfo.startCursor!, 'base64url').toString();
  const forged = own.replace(/"(-?infinity|\d{4}-\d\d-[^"]*)"/, JSON.stringify(date));
  expect(forged).toContain(date);
  const after = Buffer.from(forged).toString('base64url');
  expect(errorCodes(await request(field, { sort, after }))).toEqual(['BAD_USER_INPUT']);
});

test('a cursor stays valid if the values of a filter come in another order, and its row has gone', async () => {
  const filter = { genres: ['noir', 'fantasy'], audiences: [] };
  const { edges } = await read('jobs', { sort: 'ALPHABETICAL', filter });
  const after = edges[0]!.cursor;
  await fixture.sql(`update jobs set status = 'ARCHIVED' where title = 'Apple'`);
  const rest = await read('jobs', { sort: 'ALPHABETICAL', filter: { genres: ['fantasy', 'noir'] }, after });
  expect(titlesOf(rest)).toEqual(edges.slice(1).map(({ node }) => node.title));
  await fixture.sql(`update jobs set status = 'PUBLISHED' where title = 'Apple'`);
});

test('long titles of letters that take several characters are sorted', async () => {
  const title = '\uFDFA'.repeat(150);
  const id = await fixture.publishJob({ title, projectTypeId: lettering });
  const filter = { projectTypes: ['lettering'] };
  expect(await walkForward('jobs', { sort: 'ALPHABETICAL', filter })).toEqual(['zebra', title]);
  await fixture.sql('delete from jobs where id = $1', [id]);
});

describe('facets', () => {
  const facet = '{ count term { slug } }';
  const ofJobs = `query ($filter: JobFilter) { jobs(filter: $filter, first: 1) { totalCount facets {
    projectTypes ${facet} genres ${facet} audiences ${facet} shows { count show { slug } } } } }`;

  test('count jobs by every value, whatever the page', async () => {
    const { jobs } = await fixture.execute(ofJobs, guest, { filter: {} });
    expect(jobs).toEqual({
      totalCount: 6,
      facets: {
        projectTypes: [terms('cover', 5), terms('lettering', 1)],
        genres: [terms('noir', 3), terms('fantasy', 2)],
        audiences: [terms('children', 1)],
        shows: [{ count: 2, show: { slug: 'show/the-taste' } }],
      },
    });
  });

  test('of a filter ignore its own value only', async () => {
    const { jobs } = await fixture.execute(ofJobs, guest, { filter: { genres: ['noir'] } });
    expect(jobs.totalCount).toBe(3);
    expect(jobs.facets).toMatchObject({
      projectTypes: [terms('cover', 3)],
      genres: [terms('noir', 3), terms('fantasy', 2)],
      audiences: [],
    });
  });

  test('count covers and freelancers', async () => {
    const term = fixture.genre;
    const { profileId } = await fixture.addFreelancer();
    await fixture.sql('update freelancer_profiles set genre_ids = array[$2::uuid] where id = $1', [profileId, term]);
    await fixture.addFreelancer('DRAFT');
    const { covers, freelancers } = await fixture.execute(`{ covers { facets { genres ${facet} audiences ${facet} } }
      freelancers { facets { genres ${facet} styles ${facet} } } }`);
    expect(covers.facets).toEqual({ genres: [terms('noir', 3)], audiences: [] });
    expect(freelancers.facets).toEqual({ genres: [terms('noir', 1)], styles: [] });
  });

  test('are null for a search, and within another object', async () => {
    const { jobs } = await fixture.execute(ofJobs, guest, { filter: { search: 'common' } });
    expect(jobs).toEqual({ totalCount: null, facets: null });
    const entities = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on User { jobs {
      facets { genres { count } } } } } }`;
    const all = [{ __typename: 'User', id: fixture.poster.id }];
    expect((await fixture.execute(entities, guest, { all }))._entities).toEqual([{ jobs: { facets: null } }]);
  });

  function terms(slug: string, count: number) {
    return { count, term: { slug } };
  }
});

/** Published in this order. */
async function addJobs(): Promise<void> {
  const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const summary = 'A common job.';
  const { genre } = fixture;
  const jobs = [
    { title: 'eager', genreIds: [genre], showSlug: 'show/the-taste' },
    { title: 'Yes', closesAt: soon(1), audienceIds: [children] },
    { title: 'Apple', genreIds: [genre] },
    { title: 'Émile', closesAt: soon(3), genreIds: [fantasy] },
    { title: 'apple', genreIds: [genre], showSlug: 'show/the-taste' },
    { title: 'zebra', closesAt: soon(2), genreIds: [fantasy], projectTypeId: lettering },
  ];
  for (const job of jobs) await fixture.publishJob({ summary, ...job });
}

/** Added in this order. */
async function addCovers(): Promise<void> {
  const covers = [
    { title: 'First', date: '2020-05-01', genres: [fixture.genre] },
    { title: 'Elm', date: '2021-05-01', genres: [] },
    { title: 'émigré', date: null, genres: [fixture.genre] },
    { title: 'Last', date: '2019-05-01', genres: [fixture.genre] },
  ];
  for (const { title, date, genres } of covers)
    await fixture.sql(
      `insert into book_covers (id, slug, title, author, publisher, published_on, image_id, genre_ids)
        values ($1, $2, $3, 'Ana Author', 'Common Press', $4, $5, $6)`,
      [v7(), `c-${v7()}`, title, date, v7(), genres],
    );
}

function request(field: string, variables: object) {
  const [filter, sort] = field === 'jobs' ? ['JobFilter', 'JobSort'] : ['CoverFilter', 'CoverSort'];
  const document = `query ($filter: ${filter}, $sort: ${sort}, $first: Int, $after: String, $last: Int, $before: String) {
    page: ${field}(filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { title } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`;
  return fixture.request(document, guest, variables);
}

async function read(field: string, variables: object): Promise<Page> {
  const { data, errors } = await request(field, variables);
  expect(errors).toEqual([]);
  return data.page;
}

async function walkForward(field: string, variables: object): Promise<string[]> {
  const titles: string[] = [];
  for (let after: string | null = null, hasNext = true; hasNext;) {
    const page: Page = await read(field, { ...variables, first: 2, after });
    titles.push(...titlesOf(page));
    ({ endCursor: after, hasNextPage: hasNext } = page.pageInfo);
  }
  return titles;
}

async function walkBackward(field: string, variables: object): Promise<string[]> {
  const titles: string[] = [];
  for (let before: string | null = null, hasPrevious = true; hasPrevious;) {
    const page: Page = await read(field, { ...variables, last: 2, before });
    titles.unshift(...titlesOf(page));
    ({ startCursor: before, hasPreviousPage: hasPrevious } = page.pageInfo);
  }
  return titles;
}

function titlesOf({ edges }: Page): string[] {
  return edges.map(({ node }) => node.title);
}
