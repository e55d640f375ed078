import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { getNamedType, type GraphQLOutputType, isObjectType, isUnionType } from 'graphql';
import { type MatrixContext, createProfile, openMatrixContext } from './access-matrix/matrix-context.js';
import { apiSchema } from './access-matrix/schema-operations.js';
import { createClient, createUser, type GraphClient, type UserClient } from './fixtures/graph-client.js';

const card =
  'id slug name statement internal { email notes(first: 1) { edges { node { body } } } } portfolio { title }';

/** The ways to a suspended profile, by the field that returns it, with the callers that see it there. */
const paths: Readonly<Record<string, readonly Path[]>> = {
  'Query.freelancer': [
    { document: `query ($profileId: ID!) { freelancer(id: $profileId) { ${card} } }`, seenBy: insiders() },
    { document: `query ($slug: String!) { freelancer(slug: $slug) { ${card} } }`, seenBy: insiders() },
  ],
  'Query.myFreelancerProfile': [{ document: `{ myFreelancerProfile { ${card} } }`, seenBy: ['owner'] }],
  'User.freelancerProfile': [
    { document: `query ($ownerId: ID!) { user(id: $ownerId) { freelancerProfile { ${card} } } }`, seenBy: insiders() },
  ],
  'FreelancerEdge.node': [
    { document: `{ freelancers { edges { node { ${card} } } } }`, seenBy: [] },
    { document: `{ freelancers(filter: { search: "Sigrid" }) { edges { node { ${card} } } } }`, seenBy: [] },
    { document: `{ freelancers(filter: { favoritesOnly: true }) { edges { node { ${card} } } } }`, seenBy: [] },
    {
      document: `query ($folderId: ID!) { freelancers(filter: { folderId: $folderId }) { edges { node { ${card} } } } }`,
      seenBy: [],
    },
    {
      document: `query ($folderId: ID!) { folder(id: $folderId) { members { edges { node { ${card} } } } } }`,
      seenBy: ['reviewer', 'admin'],
    },
    {
      document: `{ folders(first: 3) { edges { node { members(first: 3) { edges { node { ${card} } } } } } } }`,
      seenBy: ['reviewer', 'admin'],
    },
  ],
  'Job.invited': [
    {
      document: `query ($jobId: ID!) { job(id: $jobId) { invited { id name internal { email } } } }`,
      seenBy: ['reviewer', 'admin'],
    },
    { document: `{ myJobs(first: 1) { edges { node { invited { id name internal { email } } } } } }`, seenBy: [] },
  ],
  'Proposal.freelancer': [
    {
      document: `query ($jobId: ID!) { job(id: $jobId) { proposals(first: 3) { edges { node { freelancer { ${card} } } } } } }`,
      seenBy: ['reviewer', 'admin'],
    },
    {
      document: `{ myJobs(first: 1) { edges { node { proposals(first: 3) { edges { node { freelancer { ${card} } } } } } } } }`,
      seenBy: [],
    },
    { document: `{ myProposals { edges { node { freelancer { ${card} } } } } }`, seenBy: ['owner'] },
    {
      document: `query ($jobId: ID!) { job(id: $jobId) { myProposal { freelancer { ${card} } } } }`,
      seenBy: ['owner'],
    },
  ],
  'CoverContributor.freelancer': [
    {
      document: `query ($coverId: ID!) { cover(id: $coverId) { contributors { freelancer { ${card} } } } }`,
      seenBy: insiders(),
    },
  ],
  'ReviewQueueEdge.node': [
    {
      document: `{ reviewQueue(kind: PROFILE, statuses: ["SUSPENDED"]) { edges { node {
        ... on FreelancerProfile { ${card} } } } } }`,
      seenBy: ['reviewer', 'admin'],
    },
  ],
  'PortfolioAsset.profile': [
    {
      document: `{ reviewQueue(kind: ASSET, first: 100) { edges { node { ... on PortfolioAsset { profile { ${card} } } } } } }`,
      seenBy: ['reviewer', 'admin'],
    },
  ],
  'SetFavoritePayload.profile': [changing('setFavorite', 'favorite: true', insiders())],
  'SetFeaturedPayload.profile': [changing('setFeatured', 'featured: false', ['reviewer', 'admin'])],
  'ActOnFreelancerProfilePayload.profile': [changing('actOnFreelancerProfile', 'action: CLAIM', [])],
};

/** Payloads with the caller's own profile, and the subject of notifications about it. */
const ownProfiles = [
  'Notification.subject',
  'AddPortfolioAssetPayload.profile',
  'RemovePortfolioAssetPayload.profile',
  'ReorderPortfolioPayload.profile',
  'SaveFreelancerProfilePayload.profile',
];

interface Path {
  document: string;
  seenBy: readonly string[];
}

const closers = new Closers();
let jobs: TestService;
let callers: Readonly<Record<string, GraphClient>>;
let variables: Readonly<Record<string, string>>;

beforeAll(async () => {
  const context = await openMatrixContext(closers);
  jobs = context.jobs;
  const owner = await createUser(context.url, 'FREELANCER');
  variables = await suspend(context, owner);
  const { unrelated, other, hiring, reviewer, admin, reads } = context.callers;
  callers = {
    guest: createClient(context.url),
    owner,
    poster: context.poster,
    unrelated,
    other,
    hiring,
    reviewer,
    admin,
    reads,
  };
});
afterAll(() => closers.close());

test('each field that returns a freelancer profile has a path', async () => {
  const types = Object.values((await apiSchema()).getTypeMap()).filter((type) => isObjectType(type));
  const fields = types.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
  const found = fields
    .filter(({ field }) => returnsProfile(field.type))
    .map(({ type, field }) => `${type.name}.${field.name}`);
  expect(found.toSorted()).toEqual([...Object.keys(paths), ...ownProfiles].toSorted());
});

describe('a suspended profile is visible only to its owner and moderators', () => {
  const all = Object.entries(paths).flatMap(([field, list]) => list.map((path) => ({ field, ...path })));
  test.each(all)('$field: $document', async ({ document, seenBy }) => {
    const seen: string[] = [];
    for (const [name, caller] of Object.entries(callers)) {
      const { data, errors } = await caller.request(document, used(document));
      if (JSON.stringify(data).includes('Sigrid')) seen.push(name);
      const messages = insiders().includes(name) ? '' : JSON.stringify(errors);
      expect(messages).not.toContain('Sigrid');
      const codes = errors.map(({ extensions }) => extensions['code']);
      expect(codes.filter((code) => code === 'INTERNAL' || code === 'BAD_USER_INPUT')).toEqual([]);
    }
    expect(seen).toEqual(Object.keys(callers).filter((name) => seenBy.includes(name)));
  });

  test.each(['id', 'slug'])('a reference by %s', async (key) => {
    const id = variables[key === 'id' ? 'profileId' : 'slug'];
    const keys = [{ __typename: 'FreelancerProfile', [key]: id }];
    const document = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on FreelancerProfile { ${card} } } }`;
    const seenBy = async (caller: ReturnType<typeof userCaller>) =>
      (await jobs.request(document, { caller, variables: { keys } })).data._entities[0] !== null;
    expect(await seenBy(userCaller('FREELANCER'))).toBe(false);
    expect(await seenBy(userCaller('HIRING_USER'))).toBe(false);
    expect(await seenBy(userCaller('FREELANCER', variables['ownerId']))).toBe(true);
    expect(await seenBy(userCaller('REVIEWER'))).toBe(true);
  });

  test('a reference to an asset of its portfolio', async () => {
    const keys = [{ __typename: 'PortfolioAsset', id: variables['assetId'] }];
    const document =
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on PortfolioAsset { title } } }';
    const request = async (caller: ReturnType<typeof userCaller>) =>
      (await jobs.request(document, { caller, variables: { keys } })).data._entities;
    expect(await request(userCaller('HIRING_USER'))).toEqual([null]);
    expect(await request(userCaller('REVIEWER'))).toEqual([{ title: 'A piece' }]);
  });
});

function insiders(): readonly string[] {
  return ['owner', 'reviewer', 'admin'];
}

function changing(name: string, value: string, seenBy: readonly string[]): Path {
  const document = `mutation ($profileId: ID!) { ${name}(input: { profileId: $profileId, ${value} }) { profile { ${card} } } }`;
  return { document, seenBy };
}

function used(document: string): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => document.includes(`$${name}`)));
}

function returnsProfile(type: GraphQLOutputType): boolean {
  const named = getNamedType(type);
  const types = isUnionType(named) ? named.getTypes() : [named];
  return types.some(({ name }) => name === 'FreelancerProfile');
}

/** Refers to an approved profile in all ways, and suspends it. @returns the ids of the entities that refer to it */
async function suspend(context: MatrixContext, owner: UserClient): Promise<Record<string, string>> {
  const { poster, staff, terms, callers: others } = context;
  const profileId = await createProfile(owner, { staff, terms }, ['SUBMIT', 'APPROVE']);
  await owner.mutate('saveFreelancerProfile', { name: 'Sigrid Suspended' });
  const document = 'query ($id: ID!) { freelancer(id: $id) { slug portfolio { id } } }';
  const { freelancer } = await owner.query(document, { id: profileId });
  const brief = { title: 'A cover', summary: 'Salt.', projectTypeId: terms.projectType };
  const jobId = (await poster.mutate('draftJob', brief, 'job { id }')).job.id;
  await poster.mutate('actOnJob', { jobId, action: 'SUBMIT' });
  await staff.reviewer.mutate('actOnJob', { jobId, action: 'APPROVE' });
  await poster.mutate('inviteToJob', { jobId, profileIds: [profileId] });
  const { proposal } = await owner.mutate('saveProposal', { jobId, pitch: 'Me.' }, 'proposal { id }');
  await owner.mutate('submitProposal', { proposalId: proposal.id });
  for (const one of [poster, others.other, others.hiring, others.reviewer])
    await one.mutate('setFavorite', { profileId, favorite: true });
  const folder = { name: 'Good ones', privacy: 'SHARED_TEAM' };
  const folderId = (await poster.mutate('createFolder', folder, 'folder { id }')).folder.id;
  await poster.mutate('setFolderMember', { folderId, profileId, member: true });
  await poster.mutate('addProfileNote', { profileId, body: 'Sigrid is quick.' });
  const upload = { purpose: 'BOOK_COVER', contentType: 'image/png', bytes: 100 };
  const imageId = (await staff.admin.mutate('createUpload', upload, 'media { id }')).media.id;
  const contributors = [{ name: 'Someone', kind: 'DESIGNER', freelancerId: profileId }];
  const cover = { title: 'Salt', author: 'M. Tide', imageId, contributors };
  const coverId = (await staff.admin.mutate('saveBookCover', cover, 'cover { id }')).cover.id;
  await staff.reviewer.mutate('actOnFreelancerProfile', { profileId, action: 'SUSPEND' });
  const [asset] = freelancer.portfolio;
  return { profileId, slug: freelancer.slug, ownerId: owner.id, jobId, folderId, coverId, assetId: asset.id };
}
