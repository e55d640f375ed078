import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { observeStores } from '@marquee/testkit/test-stores';
import { v7 } from 'uuid';
import { codes, openWorld, outsiders, type World } from '../fixtures/job-fixture.js';

const queue = `query ($kind: ReviewKind!, $statuses: [String!], $first: Int, $after: String) {
  reviewQueue(kind: $kind, statuses: $statuses, first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    edges { node { __typename ... on Job { id title } ... on FreelancerProfile { id name } ... on PortfolioAsset { id caption: title } } } } }`;
const summary = `{ reviewSummary { profiles { status count } jobs { status count } assets { status count } } }`;
const act = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { id } } }';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function waiting(variables: object): Promise<string[]> {
  const { reviewQueue } = await world.get(queue, world.reviewer, variables);
  return reviewQueue.edges.map(({ node }: { node: { id: string } }) => node.id);
}

async function submitted(title: string): Promise<string> {
  const jobId = await world.draft({ title });
  await world.get(act, world.poster, { input: { jobId, action: 'SUBMIT' } });
  return jobId;
}

async function asset(profileId: string, review: string, removed = false): Promise<string> {
  const id = v7();
  await world.sql(
    `insert into portfolio_assets (id, profile_id, title, type, url, position, review, removed_at)
     values ($1, $2, 'Work', 'LINK', 'https://example.com', 1, $3, case when $4 then now() end)`,
    [id, profileId, review, removed],
  );
  return id;
}

describe('the review queue', () => {
  test('shows submitted jobs, what waits longest first', async () => {
    const older = await world.draft({ title: 'Older, submitted later' });
    const [first, second] = [await submitted('First'), await submitted('Second')];
    await world.get(act, world.poster, { input: { jobId: older, action: 'SUBMIT' } });
    expect(await waiting({ kind: 'JOB' })).toEqual([first, second, older]);
    await world.get(act, world.reviewer, { input: { jobId: first, action: 'APPROVE' } });
    expect(await waiting({ kind: 'JOB' })).toEqual([second, older]);
    expect(await waiting({ kind: 'JOB', statuses: ['QUEUED_FOR_REVIEW', 'PUBLISHED'] })).toEqual([
      first,
      second,
      older,
    ]);
    expect(await waiting({ kind: 'JOB', statuses: ['DRAFT'] })).toEqual([]);
  });

  test('shows profiles that were submitted or claimed', async () => {
    const profiles = [await world.freelancer('SUBMITTED'), await world.freelancer('UNDER_REVIEW')];
    const approved = await world.freelancer('APPROVED');
    await world.freelancer('DRAFT');
    expect(await waiting({ kind: 'PROFILE' })).toEqual(profiles.map(({ profileId }) => profileId));
    expect(await waiting({ kind: 'PROFILE', statuses: ['APPROVED'] })).toEqual([approved.profileId]);
  });

  test('shows assets that nobody decided about, without those that were removed', async () => {
    const { profileId } = await world.freelancer('SUBMITTED');
    const pending = await asset(profileId, 'PENDING');
    const rejected = await asset(profileId, 'REJECTED');
    await asset(profileId, 'PENDING', true);
    expect(await waiting({ kind: 'ASSET' })).toEqual([pending]);
    expect(await waiting({ kind: 'ASSET', statuses: ['REJECTED'] })).toEqual([rejected]);
  });

  test('says of what type each thing is', async () => {
    await submitted('Typed');
    const types = async (kind: string) => {
      const { reviewQueue } = await world.get(queue, world.reviewer, { kind, first: 1 });
      return reviewQueue.edges.map(({ node }: { node: { __typename: string } }) => node.__typename);
    };
    const all = [await types('JOB'), await types('PROFILE'), await types('ASSET')];
    expect(all.flat()).toEqual(['Job', 'FreelancerProfile', 'PortfolioAsset']);
  });

  test('is paged through states without gaps or repeats, even where the times are equal', async () => {
    await world.sql(`update jobs set submitted_at = '2026-01-01T00:00:00Z' where status <> 'DRAFT'`);
    for (let count = 0; count < 5; count += 1) await submitted(`More ${count}`);
    const statuses = ['QUEUED_FOR_REVIEW', 'PUBLISHED'];
    const whole = await waiting({ kind: 'JOB', statuses, first: 100 });
    const paged: string[] = [];
    for (let after = null, more = true; more;) {
      const { reviewQueue } = await world.get(queue, world.reviewer, { kind: 'JOB', statuses, first: 2, after });
      paged.push(...reviewQueue.edges.map(({ node }: { node: { id: string } }) => node.id));
      [after, more] = [reviewQueue.pageInfo.endCursor, reviewQueue.pageInfo.hasNextPage];
      await submitted('Newcomer');
    }
    expect(paged.slice(0, whole.length)).toEqual(whole);
    expect(new Set(paged).size).toBe(paged.length);
  });

  test('costs one statement', async () => {
    const { requests } = await observeStores(() => waiting({ kind: 'JOB', first: 100 }));
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['PROFILE', 'QUEUED_FOR_REVIEW'],
    ['JOB', 'SUBMITTED'],
    ['ASSET', 'DRAFT'],
    ['JOB', "' or true --"],
  ])('of %s knows no status %s', async (kind, status) => {
    const { errors } = await world.request(queue, world.reviewer, { kind, statuses: [status] });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'statuses' }] });
    expect(errors[0]?.message).toContain(`"${status}" is not a status of ${kind}`);
  });

  test('refuses a cursor that is none', async () => {
    expect(codes(await world.request(queue, world.reviewer, { kind: 'JOB', after: 'nothing' }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });
});

test('the summary counts everything by what it reads as', async () => {
  const { reviewSummary } = await world.get(summary, userCaller('ADMIN'));
  const count = (counts: { status: string; count: number }[], status: string) =>
    counts.find((one) => one.status === status)?.count;
  expect(reviewSummary.jobs).toHaveLength(8);
  expect(reviewSummary.profiles).toHaveLength(8);
  expect(reviewSummary.assets).toHaveLength(4);
  expect(count(reviewSummary.assets, 'PENDING')).toBe(1);
  expect(count(reviewSummary.jobs, 'ARCHIVED')).toBe(0);
  expect(count(reviewSummary.profiles, 'SUBMITTED')).toBe(2);
  const published = count(reviewSummary.jobs, 'PUBLISHED') ?? 0;
  const late = await world.publish();
  await world.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [late]);
  const after = (await world.get(summary, world.reviewer)).reviewSummary.jobs;
  expect([count(after, 'PUBLISHED'), count(after, 'CLOSED')]).toEqual([published, 1]);
});

describe('reviewing is not for', () => {
  test.each([
    ...outsiders,
    ['a freelancer', userCaller('FREELANCER'), 'FORBIDDEN'] as const,
    ['who hires', userCaller('HIRING_USER'), 'FORBIDDEN'] as const,
  ])('%s', async (_, caller, code) => {
    expect(codes(await world.request(queue, caller, { kind: 'JOB' }))).toEqual([code]);
    expect(codes(await world.request(summary, caller))).toEqual([code]);
  });
});
