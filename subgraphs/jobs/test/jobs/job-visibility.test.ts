import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { JobStatus } from '../../src/jobs/job-model.js';
import {
  errorCodes,
  type Freelancer,
  openJobFixture,
  nonUserCallers,
  type JobFixture,
} from '../fixtures/job-fixture.js';

const job = 'query ($id: ID!) { job(id: $id) { id status } }';
const entity = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Job { id } } }';
const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { invited { id } } } }';

let fixture: JobFixture;
let invited: Freelancer;
let proposer: Freelancer;
let callers: Record<string, Caller>;
beforeAll(async () => {
  fixture = await openJobFixture();
  [invited, proposer] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
  callers = {
    poster: fixture.poster,
    reviewer: fixture.reviewer,
    admin: userCaller('ADMIN'),
    invited: invited.caller,
    proposer: proposer.caller,
    freelancer: (await fixture.addFreelancer()).caller,
    hiring: userCaller('HIRING_USER'),
    guest,
    machine: machineCaller('shows.read'),
  };
});
afterAll(() => fixture.close());

/** Publishes a job with an invited freelancer and a proposal of another one. */
async function publishKnownJob(): Promise<string> {
  const jobId = await fixture.publishJob();
  await fixture.execute(invite, fixture.poster, { input: { jobId, profileIds: [invited.profileId] } });
  const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
  await fixture.execute(save, proposer.caller, { input: { jobId, pitch: 'I can do this.' } });
  return jobId;
}

const everyone = ['poster', 'reviewer', 'admin', 'invited', 'proposer', 'freelancer', 'hiring', 'guest', 'machine'];
const withFullAccess = ['poster', 'reviewer', 'admin'];

const viewers: Record<JobStatus, string[]> = {
  DRAFT: [...withFullAccess, 'proposer'],
  QUEUED_FOR_REVIEW: [...withFullAccess, 'proposer'],
  CHANGES_REQUESTED: [...withFullAccess, 'proposer'],
  REJECTED: [...withFullAccess, 'proposer'],
  PUBLISHED: everyone,
  PRIVATE_OUTREACH: [...withFullAccess, 'invited', 'proposer'],
  CLOSED: [...withFullAccess, 'invited', 'proposer'],
  ARCHIVED: [...withFullAccess, 'proposer'],
};

describe('a job that is', () => {
  test.each(Object.values(JobStatus))('%s is visible to the expected callers', async (status) => {
    const id = await publishKnownJob();
    await fixture.sql('update jobs set status = $2 where id = $1', [id, status]);
    expect(await findViewers(id)).toEqual(viewers[status]);
  });

  test.each(['PUBLISHED', 'PRIVATE_OUTREACH'])(
    '%s with a past closesAt is CLOSED and no longer public',
    async (status) => {
      const id = await publishKnownJob();
      await fixture.sql(`update jobs set status = $2, closes_at = now() - interval '1 second' where id = $1`, [
        id,
        status,
      ]);
      expect(await findViewers(id)).toEqual(viewers.CLOSED);
      expect(await fixture.execute(job, fixture.poster, { id })).toEqual({ job: { id, status: 'CLOSED' } });
      expect(await fixture.execute('{ jobs(first: 100) { edges { node { id } } } }')).not.toMatchObject({
        jobs: { edges: expect.arrayContaining([{ node: { id } }]) },
      });
    },
  );
});

/** Returns the callers who see a job, which must be the same for the query and for an entity reference. */
async function findViewers(id: string): Promise<string[]> {
  const seen: string[] = [];
  for (const [name, caller] of Object.entries(callers)) {
    const answer = await fixture.execute(job, caller, { id });
    const { _entities } = await fixture.execute(entity, caller, { all: [{ __typename: 'Job', id }] });
    expect(_entities[0]?.id).toBe(answer.job?.id);
    if (answer.job !== null) seen.push(name);
  }
  return seen;
}

test('an id that is not a UUID returns null', async () => {
  expect(await fixture.execute(job, fixture.poster, { id: 'nothing' })).toEqual({ job: null });
});

describe('inviteToJob', () => {
  const list = 'query ($id: ID!) { job(id: $id) { invited { id } } }';

  test('makes a private job visible, and is idempotent', async () => {
    const jobId = await fixture.draftJob({ distribution: 'PRIVATE_OUTREACH' });
    const profileIds = [invited.profileId, proposer.profileId, invited.profileId];
    await fixture.execute(invite, fixture.poster, { input: { jobId, profileIds } });
    const again = await fixture.execute(invite, fixture.poster, { input: { jobId, profileIds: [invited.profileId] } });
    const ids = again.inviteToJob.job.invited.map(({ id }: { id: string }) => id);
    expect(ids.sort()).toEqual([invited.profileId, proposer.profileId].sort());
    await fixture.sql(`update jobs set status = 'PRIVATE_OUTREACH' where id = $1`, [jobId]);
    expect(await fixture.execute(job, invited.caller, { id: jobId })).toEqual({
      job: { id: jobId, status: 'PRIVATE_OUTREACH' },
    });
  });

  test('shows the invited freelancers to the poster, reviewers and admins only', async () => {
    const id = await publishKnownJob();
    const expected = { job: { invited: [{ id: invited.profileId }] } };
    for (const name of withFullAccess) expect(await fixture.execute(list, callers[name], { id })).toEqual(expected);
    for (const name of ['invited', 'proposer', 'hiring', 'guest', 'machine'])
      expect(await fixture.execute(list, callers[name], { id })).toEqual({ job: { invited: [] } });
  });

  test('is rejected for callers other than the poster', async () => {
    const input = { jobId: await fixture.publishJob(), profileIds: [invited.profileId] };
    expect(errorCodes(await fixture.request(invite, fixture.reviewer, { input }))).toEqual(['FORBIDDEN']);
    expect(errorCodes(await fixture.request(invite, userCaller('HIRING_USER'), { input }))).toEqual(['FORBIDDEN']);
    expect(errorCodes(await fixture.request(invite, invited.caller, { input }))).toEqual(['FORBIDDEN']);
    for (const [, caller, code] of nonUserCallers)
      expect(errorCodes(await fixture.request(invite, caller, { input }))).toEqual([code]);
    const hidden = { ...input, jobId: await fixture.draftJob() };
    expect(errorCodes(await fixture.request(invite, userCaller('HIRING_USER'), { input: hidden }))).toEqual([
      'NOT_FOUND',
    ]);
  });

  test('rejects profiles that are not approved', async () => {
    const drafted = await fixture.addFreelancer('DRAFT');
    const input = { jobId: await fixture.draftJob(), profileIds: [invited.profileId, drafted.profileId] };
    const { errors } = await fixture.request(invite, fixture.poster, { input });
    expect(errors[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [
        { path: 'input.profileIds', message: `"${drafted.profileId}" is not the id of an approved freelancer profile` },
      ],
    });
  });

  test.each([
    ['no profiles', () => []],
    ['more than 50 profiles', () => Array.from({ length: 51 }, () => invited.profileId)],
    ['an id that is not a UUID', () => ['nothing']],
  ])('rejects %s', async (_, profileIds) => {
    const input = { jobId: await fixture.draftJob(), profileIds: profileIds() };
    expect(errorCodes(await fixture.request(invite, fixture.poster, { input }))).toEqual(['BAD_USER_INPUT']);
  });

  test.each(['CLOSED', 'REJECTED', 'ARCHIVED'])('is rejected when the job is %s', async (status) => {
    const jobId = await fixture.draftJob();
    await fixture.sql('update jobs set status = $2 where id = $1', [jobId, status]);
    const input = { jobId, profileIds: [invited.profileId] };
    expect(errorCodes(await fixture.request(invite, fixture.poster, { input }))).toEqual(['CONFLICT']);
  });

  test('allows at most 200 invitations, also under concurrency', async () => {
    const jobId = await fixture.draftJob();
    await fixture.sql(`insert into freelancer_profiles (id, owner_id, slug, status)
      select gen_random_uuid(), gen_random_uuid(), 'many-' || n, 'APPROVED' from generate_series(1, 250) n`);
    const many = await fixture.sql(`select id from freelancer_profiles where slug like 'many-%'`);
    const groups = [0, 50, 100, 150, 200].map((start) => many.slice(start, start + 50).map(({ id }) => id));
    const answers = await Promise.all(
      groups.map((profileIds) => fixture.request(invite, fixture.poster, { input: { jobId, profileIds } })),
    );
    expect(answers.flatMap(errorCodes)).toEqual(['CONFLICT']);
    expect((await fixture.execute(list, fixture.poster, { id: jobId })).job.invited).toHaveLength(200);
  });
});
