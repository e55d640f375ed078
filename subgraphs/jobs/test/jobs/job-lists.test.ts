import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { observeStores } from '@marquee/testkit/test-stores';
import { codes, openWorld, outsiders, type World } from '../fixtures/job-fixture.js';

const jobs = `query ($filter: JobFilter, $first: Int, $after: String) { jobs(filter: $filter, first: $first, after: $after) {
  edges { cursor node { id title } } pageInfo { hasNextPage endCursor } } }`;

let world: World;
let ids: Record<string, string>;
beforeAll(async () => {
  world = await openWorld();
  const lettering = await world.term('PROJECT_TYPE', 'lettering');
  const [children, fantasy] = [await world.term('AUDIENCE', 'children'), await world.term('GENRE', 'fantasy')];
  await world.draft({ title: 'Never shown' });
  await world.publish({ title: 'Shown to few', distribution: 'PRIVATE_OUTREACH' });
  ids = {
    train: await world.publish({ title: 'The night train', genreIds: [world.genre], showSlug: 'show/the-taste' }),
    dragon: await world.publish({ title: 'Dragons at tea', genreIds: [fantasy], audienceIds: [children] }),
    fonts: await world.publish({
      title: 'Hand lettering',
      projectTypeId: lettering,
      audienceIds: [children, world.audience],
    }),
    harbour: await world.publish({
      title: 'Harbour',
      summary: 'Ships leave at night.',
      genreIds: [world.genre, fantasy],
    }),
  };
});
afterAll(() => world.close());

async function found(filter: object, caller: Caller = guest): Promise<string[]> {
  const data = await world.get(jobs, caller, { filter });
  const names = Object.fromEntries(Object.entries(ids).map(([name, id]) => [id, name]));
  return data.jobs.edges.map(({ node }: { node: { id: string; title: string } }) => names[node.id] ?? node.title);
}

describe('the list of jobs', () => {
  test.each([
    ['a guest', guest],
    ['a machine', machineCaller()],
    ['a freelancer', userCaller('FREELANCER')],
    ['an admin', userCaller('ADMIN')],
  ])('shows what is public to %s, the last published first', async (_, caller) => {
    expect(await found({}, caller)).toEqual(['harbour', 'fonts', 'dragon', 'train']);
  });

  test.each([
    ['words of the title', { search: 'dragon' }, ['dragon']],
    ['words of the summary, in another form', { search: 'ship leaving' }, ['harbour']],
    ['all words', { search: 'night train' }, ['train']],
    ['any of two words', { search: 'train or tea' }, ['dragon', 'train']],
    ['a phrase', { search: '"night train"' }, ['train']],
    ['without a word', { search: 'night -train' }, ['harbour']],
    ['capitals or not', { search: 'HARBOUR' }, ['harbour']],
    ['what nobody wrote', { search: 'xylophone' }, []],
    ['a genre', { genres: ['noir'] }, ['harbour', 'train']],
    ['any of two genres', { genres: ['noir', 'fantasy'] }, ['harbour', 'dragon', 'train']],
    ['an audience', { audiences: ['children'] }, ['fonts', 'dragon']],
    ['a project type', { projectTypes: ['lettering'] }, ['fonts']],
    ['a show', { showSlug: 'show/the-taste' }, ['train']],
    ['another show', { showSlug: 'show/other' }, []],
    ['a slug of nothing', { genres: ['nothing'] }, []],
    ['empty lists, which do not narrow', { genres: [], search: ' ' }, ['harbour', 'fonts', 'dragon', 'train']],
    [
      'everything at once',
      { search: 'night', genres: ['noir'], projectTypes: ['cover'], showSlug: 'show/the-taste' },
      ['train'],
    ],
  ])('is narrowed by %s', async (_, filter, names) => {
    expect(await found(filter)).toEqual(names);
  });

  test('refuses more than 200 characters to search for and more than 50 terms', async () => {
    const filter = { search: 'x'.repeat(201), genres: Array.from({ length: 51 }, () => 'noir') };
    const { errors } = await world.request(jobs, guest, { filter });
    expect(errors[0]?.extensions).toMatchObject({ fields: [{ path: 'filter.search' }, { path: 'filter.genres' }] });
  });

  test('is paged without gaps or repeats while jobs are published', async () => {
    const first = (await world.get(jobs, guest, { first: 2 })).jobs;
    expect(first.pageInfo.hasNextPage).toBe(true);
    const newcomer = await world.publish({ title: 'Just in' });
    const rest = (await world.get(jobs, guest, { first: 2, after: first.pageInfo.endCursor })).jobs;
    const titles = [...first.edges, ...rest.edges].map(({ node }) => node.title);
    expect(titles).toEqual(['Harbour', 'Hand lettering', 'Dragons at tea', 'The night train']);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    await world.sql(`update jobs set status = 'ARCHIVED' where id = $1`, [newcomer]);
  });

  test.each(['nothing', Buffer.from('["2026-01-01T00:00:00.000Z"]').toString('base64url')])(
    'refuses the cursor %s',
    async (after) => {
      expect(codes(await world.request(jobs, guest, { after }))).toEqual(['BAD_USER_INPUT']);
    },
  );

  test.each([0, 101])('refuses a page of %s', async (first) => {
    expect(codes(await world.request(jobs, guest, { first }))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('what somebody posted', () => {
  const mine = 'query ($status: JobStatus) { myJobs(status: $status) { edges { node { title status } } } }';

  test('is listed for them in any state, the newest first', async () => {
    const caller = userCaller('HIRING_USER');
    await world.draft({ title: 'One' }, caller);
    await world.publish({ title: 'Two' }, caller);
    const late = await world.publish({ title: 'Three' }, caller);
    await world.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [late]);
    const listed = async (status?: string) => {
      const { myJobs } = await world.get(mine, caller, { status });
      return myJobs.edges.map(({ node }: { node: object }) => node);
    };
    expect(await listed()).toEqual([
      { title: 'Three', status: 'CLOSED' },
      { title: 'Two', status: 'PUBLISHED' },
      { title: 'One', status: 'DRAFT' },
    ]);
    expect(await listed('PUBLISHED')).toEqual([{ title: 'Two', status: 'PUBLISHED' }]);
    expect(await listed('CLOSED')).toEqual([{ title: 'Three', status: 'CLOSED' }]);
  });

  test.each(outsiders)('is nothing to %s', async (_, caller, code) => {
    expect(codes(await world.request(mine, caller))).toEqual([code]);
  });

  const entities = `query ($all: [_Any!]!, $first: Int, $after: String) { _entities(representations: $all) {
    ... on User { jobs(first: $first, after: $after) { edges { node { title } } pageInfo { endCursor } } }
    ... on Show { jobs(first: $first, after: $after) { edges { node { title } } pageInfo { endCursor } } } } }`;

  test('is on their page and on that of a show, as far as it is public', async () => {
    const all = [
      { __typename: 'User', id: world.poster.id },
      { __typename: 'User', id: 'nothing' },
      { __typename: 'Show', slug: 'show/the-taste' },
    ];
    const [user, nobody, show] = (await world.get(entities, world.poster, { all, first: 3 }))._entities;
    const titles = (page: { edges: { node: { title: string } }[] }) => page.edges.map(({ node }) => node.title);
    expect(titles(user.jobs)).toEqual(['Harbour', 'Hand lettering', 'Dragons at tea']);
    expect(titles(nobody.jobs)).toEqual([]);
    expect(titles(show.jobs)).toEqual(['The night train']);
    const after = user.jobs.pageInfo.endCursor;
    const [rest] = (await world.get(entities, guest, { all, after }))._entities;
    expect(titles(rest.jobs)).toEqual(['The night train']);
  });
});

describe('a page costs the same number of statements whatever its size:', () => {
  const everything = `edges { node { id status projectType { slug } audiences { slug } genres { slug } poster { id } show { slug }
    attachments { id } reviewNotes proposalCount validActions myProposal { id } invited { id }
    proposals(first: 2) { edges { node { status freelancer { id } job { title } } } } } }`;

  async function cost(document: string, caller: Caller, variables: object): Promise<number> {
    const { requests } = await observeStores(() => world.get(document, caller, variables));
    return requests.length;
  }

  beforeAll(async () => {
    await world.sql('delete from jobs where id <> all($1)', [Object.values(ids)]);
    const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
    const submit = 'mutation ($input: SubmitProposalInput!) { submitProposal(input: $input) { proposal { id } } }';
    const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { id } } }';
    for (const jobId of Object.values(ids)) {
      const { caller, profileId } = await world.freelancer();
      const { saveProposal } = await world.get(save, caller, { input: { jobId, pitch: 'I can do this.' } });
      await world.get(submit, caller, { input: { proposalId: saveProposal.proposal.id } });
      await world.get(invite, world.poster, { input: { jobId, profileIds: [profileId] } });
    }
  });

  test.each([
    ['public jobs', `query ($first: Int) { jobs(first: $first) { ${everything} } }`],
    ['the jobs of a poster', `query ($first: Int) { myJobs(first: $first) { ${everything} } }`],
  ])('%s', async (_, document) => {
    const one = await cost(document, world.poster, { first: 1 });
    expect(await cost(document, world.poster, { first: 100 })).toBe(one);
    expect(one).toBe(8);
  });

  test('jobs that other services name', async () => {
    const document = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Job { title status } } }';
    const all = Object.values(ids).map((id) => ({ __typename: 'Job', id }));
    await world.sql(`update jobs set status = 'PRIVATE_OUTREACH' where id = any($1)`, [Object.values(ids)]);
    const { caller } = await world.freelancer();
    expect(await cost(document, caller, { all })).toBe(2);
    expect(await cost(document, caller, { all: all.slice(0, 1) })).toBe(2);
    await world.sql(`update jobs set status = 'PUBLISHED' where id = any($1)`, [Object.values(ids)]);
  });
});
