import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { errorCodes, openJobFixture, nonUserCallers, type JobFixture } from '../fixtures/job-fixture.js';
import { observeStatements } from '../fixtures/observe-statements.js';

const jobs = `query ($filter: JobFilter, $first: Int, $after: String) { jobs(filter: $filter, first: $first, after: $after) {
  edges { cursor node { id title } } pageInfo { hasNextPage endCursor } } }`;

let fixture: JobFixture;
let ids: Record<string, string>;
beforeAll(async () => {
  fixture = await openJobFixture();
  const lettering = await fixture.addTerm('PROJECT_TYPE', 'lettering');
  const [children, fantasy] = [
    await fixture.addTerm('AUDIENCE', 'children'),
    await fixture.addTerm('GENRE', 'fantasy'),
  ];
  await fixture.draftJob({ title: 'Never shown' });
  await fixture.publishJob({ title: 'Shown to few', distribution: 'PRIVATE_OUTREACH' });
  ids = {
    train: await fixture.publishJob({
      title: 'The night train',
      genreIds: [fixture.genre],
      showSlug: 'show/the-taste',
    }),
    dragon: await fixture.publishJob({ title: 'Dragons at tea', genreIds: [fantasy], audienceIds: [children] }),
    fonts: await fixture.publishJob({
      title: 'Hand lettering',
      projectTypeId: lettering,
      audienceIds: [children, fixture.audience],
    }),
    harbour: await fixture.publishJob({
      title: 'Harbour',
      summary: 'Ships leave at night.',
      genreIds: [fixture.genre, fantasy],
    }),
  };
});
afterAll(() => fixture.close());

async function search(filter: object, caller: Caller = guest): Promise<string[]> {
  const data = await fixture.execute(jobs, caller, { filter });
  const names = Object.fromEntries(Object.entries(ids).map(([name, id]) => [id, name]));
  return data.jobs.edges.map(({ node }: { node: { id: string; title: string } }) => names[node.id] ?? node.title);
}

describe('jobs', () => {
  test.each([
    ['a guest', guest],
    ['a machine', machineCaller()],
    ['a freelancer', userCaller('FREELANCER')],
    ['an admin', userCaller('ADMIN')],
  ])('lists public jobs to %s, the most recently published first', async (_, caller) => {
    expect(await search({}, caller)).toEqual(['harbour', 'fonts', 'dragon', 'train']);
  });

  test.each([
    ['words of the title', { search: 'dragon' }, ['dragon']],
    ['inflected words of the summary', { search: 'ship leaving' }, ['harbour']],
    ['all words', { search: 'night train' }, ['train']],
    ['any of two words', { search: 'train or tea' }, ['dragon', 'train']],
    ['a phrase', { search: '"night train"' }, ['train']],
    ['an excluded word', { search: 'night -train' }, ['harbour']],
    ['words in upper case', { search: 'HARBOUR' }, ['harbour']],
    ['words that no job contains', { search: 'xylophone' }, []],
    ['a genre', { genres: ['noir'] }, ['harbour', 'train']],
    ['any of two genres', { genres: ['noir', 'fantasy'] }, ['harbour', 'dragon', 'train']],
    ['an audience', { audiences: ['children'] }, ['fonts', 'dragon']],
    ['a project type', { projectTypes: ['lettering'] }, ['fonts']],
    ['a show', { showSlug: 'show/the-taste' }, ['train']],
    ['another show', { showSlug: 'show/other' }, []],
    ['an unknown slug', { genres: ['nothing'] }, []],
    [
      'empty values, which do not restrict the list',
      { genres: [], search: ' ' },
      ['harbour', 'fonts', 'dragon', 'train'],
    ],
    [
      'several criteria',
      { search: 'night', genres: ['noir'], projectTypes: ['cover'], showSlug: 'show/the-taste' },
      ['train'],
    ],
  ])('filters by %s', async (_, filter, names) => {
    expect(await search(filter)).toEqual(names);
  });

  test('rejects search texts of more than 200 characters and more than 50 terms', async () => {
    const filter = { search: 'x'.repeat(201), genres: Array.from({ length: 51 }, () => 'noir') };
    const { errors } = await fixture.request(jobs, guest, { filter });
    expect(errors[0]?.extensions).toMatchObject({ fields: [{ path: 'filter.search' }, { path: 'filter.genres' }] });
  });

  test('pages without gaps or repeats while jobs are published', async () => {
    const first = (await fixture.execute(jobs, guest, { first: 2 })).jobs;
    expect(first.pageInfo.hasNextPage).toBe(true);
    const newcomer = await fixture.publishJob({ title: 'Just in' });
    const rest = (await fixture.execute(jobs, guest, { first: 2, after: first.pageInfo.endCursor })).jobs;
    const titles = [...first.edges, ...rest.edges].map(({ node }) => node.title);
    expect(titles).toEqual(['Harbour', 'Hand lettering', 'Dragons at tea', 'The night train']);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    await fixture.sql(`update jobs set status = 'ARCHIVED' where id = $1`, [newcomer]);
  });

  test.each(['nothing', Buffer.from('["2026-01-01T00:00:00.000Z"]').toString('base64url')])(
    'rejects the cursor %s',
    async (after) => {
      expect(errorCodes(await fixture.request(jobs, guest, { after }))).toEqual(['BAD_USER_INPUT']);
    },
  );

  test.each([0, 101])('rejects a page size of %s', async (first) => {
    expect(errorCodes(await fixture.request(jobs, guest, { first }))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('the jobs of a poster', () => {
  const mine = 'query ($status: JobStatus) { myJobs(status: $status) { edges { node { title status } } } }';

  test('are listed to the poster in any status, newest first', async () => {
    const caller = userCaller('HIRING_USER');
    await fixture.draftJob({ title: 'One' }, caller);
    await fixture.publishJob({ title: 'Two' }, caller);
    const late = await fixture.publishJob({ title: 'Three' }, caller);
    await fixture.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [late]);
    const listed = async (status?: string) => {
      const { myJobs } = await fixture.execute(mine, caller, { status });
      return myJobs.edges.map(({ node }: { node: object }) => node);
    };
    expect(await listed()).toEqual([
      { title: 'Three', status: 'CLOSED' },
      { title: 'Two', status: 'PUBLISHED' },
      { title: 'One', status: 'DRAFT' },
    ]);
    expect(await listed('PUBLISHED')).toEqual([{ title: 'Two', status: 'PUBLISHED' }]);
    expect(await listed('CLOSED')).toEqual([{ title: 'Three', status: 'CLOSED' }]);
    const { myJobCounts } = await fixture.execute('{ myJobCounts { status count } }', caller);
    expect(myJobCounts.filter(({ count }: { count: number }) => count > 0)).toEqual([
      { status: 'DRAFT', count: 1 },
      { status: 'PUBLISHED', count: 1 },
      { status: 'CLOSED', count: 1 },
    ]);
    expect(myJobCounts).toHaveLength(8);
  });

  test.each(nonUserCallers)('are rejected for %s', async (_, caller, code) => {
    expect(errorCodes(await fixture.request(mine, caller))).toEqual([code]);
  });

  const entities = `query ($all: [_Any!]!, $first: Int, $after: String) { _entities(representations: $all) {
    ... on User { jobs(first: $first, after: $after) { edges { node { title } } pageInfo { endCursor } } }
    ... on Show { jobs(first: $first, after: $after) { edges { node { title } } pageInfo { endCursor } } } } }`;

  test('are fields of User and Show, as far as they are public', async () => {
    const all = [
      { __typename: 'User', id: fixture.poster.id },
      { __typename: 'User', id: 'nothing' },
      { __typename: 'Show', slug: 'show/the-taste' },
    ];
    const [user, nobody, show] = (await fixture.execute(entities, fixture.poster, { all, first: 3 }))._entities;
    const titles = (page: { edges: { node: { title: string } }[] }) => page.edges.map(({ node }) => node.title);
    expect(titles(user.jobs)).toEqual(['Harbour', 'Hand lettering', 'Dragons at tea']);
    expect(titles(nobody.jobs)).toEqual([]);
    expect(titles(show.jobs)).toEqual(['The night train']);
    const after = user.jobs.pageInfo.endCursor;
    const [rest] = (await fixture.execute(entities, guest, { all, after }))._entities;
    expect(titles(rest.jobs)).toEqual(['The night train']);
  });
});

describe('the number of statements does not depend on the page size for', () => {
  const everything = `edges { node { id status projectType { slug } audiences { slug } genres { slug } poster { id } show { slug }
    attachments { id } reviewNotes proposalCount validActions myProposal { id } invited { id }
    proposals(first: 2) { edges { node { status freelancer { id } job { title } } } } } }`;

  async function cost(document: string, caller: Caller, variables: object): Promise<number> {
    const { requests } = await observeStatements(() => fixture.execute(document, caller, variables));
    return requests.length;
  }

  beforeAll(async () => {
    await fixture.sql('delete from jobs where id <> all($1)', [Object.values(ids)]);
    const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
    const submit = 'mutation ($input: SubmitProposalInput!) { submitProposal(input: $input) { proposal { id } } }';
    const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { id } } }';
    for (const jobId of Object.values(ids)) {
      const { caller, profileId } = await fixture.addFreelancer();
      const { saveProposal } = await fixture.execute(save, caller, { input: { jobId, pitch: 'I can do this.' } });
      await fixture.execute(submit, caller, { input: { proposalId: saveProposal.proposal.id } });
      await fixture.execute(invite, fixture.poster, { input: { jobId, profileIds: [profileId] } });
    }
  });

  test.each([
    ['public jobs', `query ($first: Int) { jobs(first: $first) { ${everything} } }`],
    ['the jobs of the caller', `query ($first: Int) { myJobs(first: $first) { ${everything} } }`],
  ])('%s', async (_, document) => {
    const one = await cost(document, fixture.poster, { first: 1 });
    expect(await cost(document, fixture.poster, { first: 100 })).toBe(one);
    expect(one).toBe(7);
  });

  test('jobs that other subgraphs reference', async () => {
    const document = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Job { title status } } }';
    const all = Object.values(ids).map((id) => ({ __typename: 'Job', id }));
    await fixture.sql(`update jobs set status = 'PRIVATE_OUTREACH' where id = any($1)`, [Object.values(ids)]);
    const { caller } = await fixture.addFreelancer();
    expect(await cost(document, caller, { all })).toBe(2);
    expect(await cost(document, caller, { all: all.slice(0, 1) })).toBe(2);
    await fixture.sql(`update jobs set status = 'PUBLISHED' where id = any($1)`, [Object.values(ids)]);
  });
});
