import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { JobStatus } from '../../src/jobs/job-model.js';
import { codes, type Freelancer, openWorld, outsiders, type World } from '../fixtures/job-fixture.js';

const job = 'query ($id: ID!) { job(id: $id) { id status } }';
const entity = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Job { id } } }';
const invite = 'mutation ($input: InviteToJobInput!) { inviteToJob(input: $input) { job { invited { id } } } }';

let world: World;
let invited: Freelancer;
let proposer: Freelancer;
let people: Record<string, Caller>;
beforeAll(async () => {
  world = await openWorld();
  [invited, proposer] = [await world.freelancer(), await world.freelancer()];
  people = {
    poster: world.poster,
    reviewer: world.reviewer,
    admin: userCaller('ADMIN'),
    invited: invited.caller,
    proposer: proposer.caller,
    freelancer: (await world.freelancer()).caller,
    hiring: userCaller('HIRING_USER'),
    guest,
    machine: machineCaller('shows.read'),
  };
});
afterAll(() => world.close());

/** A published job with one freelancer invited to it and a proposal of another. */
async function knownJob(): Promise<string> {
  const jobId = await world.publish();
  await world.get(invite, world.poster, { input: { jobId, profileIds: [invited.profileId] } });
  const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
  await world.get(save, proposer.caller, { input: { jobId, pitch: 'I can do this.' } });
  return jobId;
}

const everyone = ['poster', 'reviewer', 'admin', 'invited', 'proposer', 'freelancer', 'hiring', 'guest', 'machine'];
const inside = ['poster', 'reviewer', 'admin'];

const seenBy: Record<JobStatus, string[]> = {
  DRAFT: [...inside, 'proposer'],
  QUEUED_FOR_REVIEW: [...inside, 'proposer'],
  CHANGES_REQUESTED: [...inside, 'proposer'],
  REJECTED: [...inside, 'proposer'],
  PUBLISHED: everyone,
  PRIVATE_OUTREACH: [...inside, 'invited', 'proposer'],
  CLOSED: [...inside, 'invited', 'proposer'],
  ARCHIVED: [...inside, 'proposer'],
};

describe('a job that is', () => {
  test.each(Object.values(JobStatus))('%s is seen by those whom it concerns', async (status) => {
    const id = await knownJob();
    await world.sql('update jobs set status = $2 where id = $1', [id, status]);
    expect(await whoSees(id)).toEqual(seenBy[status]);
  });

  test.each(['PUBLISHED', 'PRIVATE_OUTREACH'])(
    '%s and past closesAt reads CLOSED and is no longer public',
    async (status) => {
      const id = await knownJob();
      await world.sql(`update jobs set status = $2, closes_at = now() - interval '1 second' where id = $1`, [
        id,
        status,
      ]);
      expect(await whoSees(id)).toEqual(seenBy.CLOSED);
      expect(await world.get(job, world.poster, { id })).toEqual({ job: { id, status: 'CLOSED' } });
      expect(await world.get('{ jobs(first: 100) { edges { node { id } } } }')).not.toMatchObject({
        jobs: { edges: expect.arrayContaining([{ node: { id } }]) },
      });
    },
  );
});

/** Who gets it by the query, which are those who get it as an entity of another service. */
async function whoSees(id: string): Promise<string[]> {
  const seen: string[] = [];
  for (const [name, caller] of Object.entries(people)) {
    const answer = await world.get(job, caller, { id });
    const { _entities } = await world.get(entity, caller, { all: [{ __typename: 'Job', id }] });
    expect(_entities[0]?.id).toBe(answer.job?.id);
    if (answer.job !== null) seen.push(name);
  }
  return seen;
}

test('what is no id is no job', async () => {
  expect(await world.get(job, world.poster, { id: 'nothing' })).toEqual({ job: null });
});

describe('inviting', () => {
  const list = 'query ($id: ID!) { job(id: $id) { invited { id } } }';

  test('shows a private job, once however often it is done', async () => {
    const jobId = await world.draft({ distribution: 'PRIVATE_OUTREACH' });
    const profileIds = [invited.profileId, proposer.profileId, invited.profileId];
    await world.get(invite, world.poster, { input: { jobId, profileIds } });
    const again = await world.get(invite, world.poster, { input: { jobId, profileIds: [invited.profileId] } });
    const ids = again.inviteToJob.job.invited.map(({ id }: { id: string }) => id);
    expect(ids.sort()).toEqual([invited.profileId, proposer.profileId].sort());
    await world.sql(`update jobs set status = 'PRIVATE_OUTREACH' where id = $1`, [jobId]);
    expect(await world.get(job, invited.caller, { id: jobId })).toEqual({
      job: { id: jobId, status: 'PRIVATE_OUTREACH' },
    });
  });

  test('shows nobody who else was invited, but its poster, reviewers and admins', async () => {
    const id = await knownJob();
    const told = { job: { invited: [{ id: invited.profileId }] } };
    for (const name of inside) expect(await world.get(list, people[name], { id })).toEqual(told);
    for (const name of ['invited', 'proposer', 'hiring', 'guest', 'machine'])
      expect(await world.get(list, people[name], { id })).toEqual({ job: { invited: [] } });
  });

  test('is for the poster alone', async () => {
    const input = { jobId: await world.publish(), profileIds: [invited.profileId] };
    expect(codes(await world.request(invite, world.reviewer, { input }))).toEqual(['FORBIDDEN']);
    expect(codes(await world.request(invite, userCaller('HIRING_USER'), { input }))).toEqual(['FORBIDDEN']);
    expect(codes(await world.request(invite, invited.caller, { input }))).toEqual(['FORBIDDEN']);
    for (const [, caller, code] of outsiders)
      expect(codes(await world.request(invite, caller, { input }))).toEqual([code]);
    const hidden = { ...input, jobId: await world.draft() };
    expect(codes(await world.request(invite, userCaller('HIRING_USER'), { input: hidden }))).toEqual(['NOT_FOUND']);
  });

  test('takes approved profiles, and names each that is none', async () => {
    const drafted = await world.freelancer('DRAFT');
    const input = { jobId: await world.draft(), profileIds: [invited.profileId, drafted.profileId] };
    const { errors } = await world.request(invite, world.poster, { input });
    expect(errors[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [
        { path: 'input.profileIds', message: `"${drafted.profileId}" is not the id of an approved freelancer profile` },
      ],
    });
  });

  test.each([
    ['nobody', () => []],
    ['more than 50', () => Array.from({ length: 51 }, () => invited.profileId)],
    ['what is no id', () => ['nothing']],
  ])('refuses %s', async (_, profileIds) => {
    const input = { jobId: await world.draft(), profileIds: profileIds() };
    expect(codes(await world.request(invite, world.poster, { input }))).toEqual(['BAD_USER_INPUT']);
  });

  test.each(['CLOSED', 'REJECTED', 'ARCHIVED'])('is over when the job is %s', async (status) => {
    const jobId = await world.draft();
    await world.sql('update jobs set status = $2 where id = $1', [jobId, status]);
    const input = { jobId, profileIds: [invited.profileId] };
    expect(codes(await world.request(invite, world.poster, { input }))).toEqual(['CONFLICT']);
  });

  test('ends at 200 freelancers, also when they are invited at the same time', async () => {
    const jobId = await world.draft();
    await world.sql(`insert into freelancer_profiles (id, owner_id, slug, status)
      select gen_random_uuid(), gen_random_uuid(), 'many-' || n, 'APPROVED' from generate_series(1, 250) n`);
    const many = await world.sql(`select id from freelancer_profiles where slug like 'many-%'`);
    const groups = [0, 50, 100, 150, 200].map((start) => many.slice(start, start + 50).map(({ id }) => id));
    const answers = await Promise.all(
      groups.map((profileIds) => world.request(invite, world.poster, { input: { jobId, profileIds } })),
    );
    expect(answers.flatMap(codes)).toEqual(['CONFLICT']);
    expect((await world.get(list, world.poster, { id: jobId })).job.invited).toHaveLength(200);
  });
});
