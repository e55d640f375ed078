import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { type GraphClient, createClient, type UserClient, createUser } from './fixtures/graph-client.js';
import { pollUntilFound, picture, upload } from './fixtures/upload.js';
import { startGraph } from './fixtures/whole-graph.js';

const closers = new Closers();
const showSlug = 'show/the-salt-orchard';
let url: string;
let terms: Record<string, string>;

beforeAll(async () => {
  url = (await startGraph(closers)).gateway.url;
  const admin = await createUser(url, 'ADMIN');
  terms = await loadTerms(createClient(url));
  await admin.mutate(
    'importShows',
    { payload: [{ slug: showSlug, title: 'The Salt Orchard' }] },
    'results { __typename }',
  );
});

afterAll(() => closers.close());

test('a freelancer, a reviewer and a poster go from a draft profile to an accepted proposal', async () => {
  const guest = createClient(url);
  const reviewer = await createUser(url, 'REVIEWER');
  const poster = await createUser(url, 'HIRING_USER');

  // A freelancer uploads three pictures and submits a profile with them.
  const ana = await createUser(url, 'FREELANCER');
  const profileId = await writeProfile(ana, 'Ana Quill');
  const mediaIds = [];
  for (const red of [40, 120, 200]) mediaIds.push(await upload(ana, 'PORTFOLIO', picture(red, 60, 80)));
  for (const [index, mediaId] of mediaIds.entries())
    await ana.mutate('addPortfolioAsset', { title: `Piece ${index + 1}`, type: 'IMAGE', mediaId });
  const portfolio = await pollUntilFound(() => readyPortfolio(ana));
  expect(portfolio).toEqual([1, 2, 3].map((place) => readyPiece(`Piece ${place}`)));
  for (const { media } of portfolio) await expectPicture(media.thumbnail);
  expect(await actOnProfile(ana, profileId, 'SUBMIT')).toEqual({ status: 'SUBMITTED', validActions: ['RETRACT'] });
  expect(await publicProfile(guest, profileId)).toBeNull();

  // A reviewer claims and approves it, and the profile with its pieces becomes public.
  expect(await queuedIds(reviewer, 'PROFILE')).toContain(profileId);
  expect(await actOnProfile(reviewer, profileId, 'CLAIM')).toMatchObject({ status: 'UNDER_REVIEW' });
  for (const assetId of await queuedIds(reviewer, 'ASSET'))
    await reviewer.mutate('reviewPortfolioAsset', { assetId, review: 'APPROVED' });
  expect(await publicProfile(guest, profileId)).toBeNull();
  expect(await actOnProfile(reviewer, profileId, 'APPROVE')).toMatchObject({ status: 'APPROVED' });
  expect(await publicProfile(guest, profileId)).toEqual({
    name: 'Ana Quill',
    owner: { id: ana.id },
    internal: null,
    portfolio: [1, 2, 3].map((place) => readyPiece(`Piece ${place}`)),
  });
  const { freelancers } = await guest.query('{ freelancers { edges { node { id } } } }');
  expect(freelancers.edges).toEqual([{ node: { id: profileId } }]);

  // A job for a show is drafted, reviewed and published.
  const brief = {
    title: 'A cover with salt in it',
    projectTypeId: terms['Cover design'],
    showSlug,
    summary: 'Trees at low tide.',
  };
  const { job } = await poster.mutate('draftJob', brief, 'job { id status show { title } }');
  expect(job).toEqual({ id: job.id, status: 'DRAFT', show: { title: 'The Salt Orchard' } });
  expect(await actOnJob(poster, job.id, 'SUBMIT')).toBe('QUEUED_FOR_REVIEW');
  expect(await openJobs(guest)).toEqual([]);
  expect(await queuedIds(reviewer, 'JOB')).toEqual([job.id]);
  expect(await actOnJob(reviewer, job.id, 'APPROVE')).toBe('PUBLISHED');
  expect(await openJobs(guest)).toEqual([job.id]);
  expect(await jobsOfShow(guest)).toEqual([job.id]);

  // Two freelancers propose. Accepting one proposal declines the other and closes the job.
  const ben = await approvedFreelancer('Ben Ivory', reviewer);
  const anas = await propose(ana, job.id, 'Gouache, and real salt.');
  const bens = await propose(ben, job.id, 'Letters made of branches.');
  expect(await received(poster, job.id)).toEqual({
    proposalCount: 2,
    proposals: [
      { status: 'SUBMITTED', pitch: 'Letters made of branches.', name: 'Ben Ivory' },
      { status: 'SUBMITTED', pitch: 'Gouache, and real salt.', name: 'Ana Quill' },
    ],
  });
  await poster.mutate('shortlistProposal', { proposalId: anas });
  expect(await statusOf(ana, job.id)).toBe('SHORTLISTED');
  const accepted = await poster.mutate('acceptProposal', { proposalId: anas }, 'proposal { status job { status } }');
  expect(accepted.proposal).toEqual({ status: 'ACCEPTED', job: { status: 'CLOSED' } });
  expect(await statusOf(ben, job.id)).toBe('DECLINED');
  const late = await poster.request(
    'mutation ($input: AcceptProposalInput!) { acceptProposal(input: $input) { __typename } }',
    {
      input: { proposalId: bens },
    },
  );
  expect(late.errors[0]?.extensions).toMatchObject({ code: 'INVALID_TRANSITION', from: 'DECLINED', validActions: [] });
  expect(await openJobs(guest)).toEqual([]);
  expect(await jobsOfShow(guest)).toEqual([]);
  expect((await guest.query('query ($id: ID!) { job(id: $id) { id } }', { id: job.id })).job).toBeNull();
});

/** The terms that every environment starts with. @returns their ids by label */
async function loadTerms(client: GraphClient): Promise<Record<string, string>> {
  const { taxonomy } = await client.query('{ taxonomy { id label } }');
  return Object.fromEntries((taxonomy as { id: string; label: string }[]).map(({ id, label }) => [label, id]));
}

async function writeProfile(owner: UserClient, name: string): Promise<string> {
  const { profile } = await owner.mutate(
    'saveFreelancerProfile',
    {
      name,
      email: 'freelancer@example.com',
      statement: 'I draw what the tide leaves.',
      currentLocations: ['Lisbon, Portugal'],
      audienceIds: [terms['Adults']],
      styleIds: [terms['Gouache']],
    },
    'profile { id status }',
  );
  expect(profile.status).toBe('DRAFT');
  return profile.id;
}

/** A freelancer with a public profile and one linked piece. */
async function approvedFreelancer(name: string, reviewer: UserClient): Promise<UserClient> {
  const owner = await createUser(url, 'FREELANCER');
  const profileId = await writeProfile(owner, name);
  await owner.mutate('addPortfolioAsset', { title: 'Branches', type: 'LINK', url: 'https://example.com/branches' });
  await actOnProfile(owner, profileId, 'SUBMIT');
  await actOnProfile(reviewer, profileId, 'APPROVE');
  return owner;
}

async function actOnProfile(by: UserClient, profileId: string, action: string) {
  const { profile } = await by.mutate(
    'actOnFreelancerProfile',
    { profileId, action },
    'profile { status validActions }',
  );
  return profile;
}

async function actOnJob(by: UserClient, jobId: string, action: string): Promise<string> {
  return (await by.mutate('actOnJob', { jobId, action }, 'job { status }')).job.status;
}

async function propose(by: UserClient, jobId: string, pitch: string): Promise<string> {
  const { proposal } = await by.mutate('saveProposal', { jobId, pitch, estimatedDays: 20 }, 'proposal { id status }');
  expect(proposal.status).toBe('DRAFT');
  const submitted = await by.mutate('submitProposal', { proposalId: proposal.id }, 'proposal { status }');
  expect(submitted.proposal.status).toBe('SUBMITTED');
  return proposal.id;
}

const pieces = 'portfolio { title media { status thumbnail: url(variant: THUMBNAIL) } }';

function readyPiece(title: string): object {
  return { title, media: { status: 'READY', thumbnail: expect.stringMatching(/\/media\/.+\/thumbnail\.jpg$/) } };
}

/** The caller's pieces, once all their files are READY. */
async function readyPortfolio(
  owner: UserClient,
): Promise<{ title: string; media: { thumbnail: string } }[] | undefined> {
  const { portfolio } = (await owner.query(`{ myFreelancerProfile { ${pieces} } }`)).myFreelancerProfile;
  const isReady = portfolio.every(({ media }: { media: { status: string } }) => media.status === 'READY');
  return isReady ? portfolio : undefined;
}

async function expectPicture(address: string): Promise<void> {
  const response = await fetch(address);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
}

async function publicProfile(viewer: GraphClient, id: string) {
  const document = `query ($id: ID!) { freelancer(id: $id) { name owner { id } internal { email } ${pieces} } }`;
  return (await viewer.query(document, { id })).freelancer;
}

/** Ids in the review queue. */
async function queuedIds(reviewer: UserClient, kind: string): Promise<string[]> {
  const { reviewQueue } = await reviewer.query(
    `query ($kind: ReviewKind!) { reviewQueue(kind: $kind) { edges { node {
      ... on FreelancerProfile { id } ... on Job { id } ... on PortfolioAsset { id } } } } }`,
    { kind },
  );
  return idsOf(reviewQueue);
}

async function openJobs(viewer: GraphClient): Promise<string[]> {
  return idsOf((await viewer.query('{ jobs { edges { node { id } } } }')).jobs);
}

async function jobsOfShow(viewer: GraphClient): Promise<string[]> {
  const document = 'query ($slug: ID!) { show(slug: $slug) { jobs { edges { node { id } } } } }';
  return idsOf((await viewer.query(document, { slug: showSlug })).show.jobs);
}

async function received(poster: UserClient, id: string) {
  const { job } = await poster.query(
    'query ($id: ID!) { job(id: $id) { proposalCount proposals { edges { node { status pitch freelancer { name } } } } } }',
    { id },
  );
  const nodes: { node: { status: string; pitch: string; freelancer: { name: string } } }[] = job.proposals.edges;
  const proposals = nodes.map(({ node: { status, pitch, freelancer } }) => ({ status, pitch, name: freelancer.name }));
  return { proposalCount: job.proposalCount, proposals };
}

/** The status of the caller's proposal for the job. */
async function statusOf(freelancer: UserClient, jobId: string): Promise<string> {
  const { job } = await freelancer.query('query ($id: ID!) { job(id: $id) { myProposal { status } } }', { id: jobId });
  return job.myProposal.status;
}

function idsOf({ edges }: { edges: { node: { id: string } }[] }): string[] {
  return edges.map(({ node }) => node.id);
}
