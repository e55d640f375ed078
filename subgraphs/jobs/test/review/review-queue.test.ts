import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { observeStores } from '@marquee/testkit/test-stores';
import { v7 } from 'uuid';
import { errorCodes, openJobFixture, nonUserCallers, type JobFixture } from '../fixtures/job-fixture.js';

const queue = `query ($kind: ReviewKind!, $statuses: [String!], $first: Int, $after: String) {
  reviewQueue(kind: $kind, statuses: $statuses, first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    edges { node { __typename ... on Job { id title } ... on FreelancerProfile { id name } ... on PortfolioAsset { id caption: title } } } } }`;
const summary = `{ reviewSummary { profiles { status count } jobs { status count } assets { status count } } }`;
const act = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { id } } }';

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

async function listQueue(variables: object): Promise<string[]> {
  const { reviewQueue } = await fixture.execute(queue, fixture.reviewer, variables);
  return reviewQueue.edges.map(({ node }: { node: { id: string } }) => node.id);
}

async function submitJob(title: string): Promise<string> {
  const jobId = await fixture.draftJob({ title });
  await fixture.execute(act, fixture.poster, { input: { jobId, action: 'SUBMIT' } });
  return jobId;
}

async function addAsset(profileId: string, review: string, removed = false): Promise<string> {
  const id = v7();
  await fixture.sql(
    `insert into portfolio_assets (id, profile_id, title, type, url, position, review, removed_at)
     values ($1, $2, 'Work', 'LINK', 'https://example.com', 1, $3, case when $4 then now() end)`,
    [id, profileId, review, removed],
  );
  return id;
}

describe('the review queue', () => {
  test('lists submitted jobs, the earliest submission first', async () => {
    const older = await fixture.draftJob({ title: 'Older, submitted later' });
    const [first, second] = [await submitJob('First'), await submitJob('Second')];
    await fixture.execute(act, fixture.poster, { input: { jobId: older, action: 'SUBMIT' } });
    expect(await listQueue({ kind: 'JOB' })).toEqual([first, second, older]);
    await fixture.execute(act, fixture.reviewer, { input: { jobId: first, action: 'APPROVE' } });
    expect(await listQueue({ kind: 'JOB' })).toEqual([second, older]);
    expect(await listQueue({ kind: 'JOB', statuses: ['QUEUED_FOR_REVIEW', 'PUBLISHED'] })).toEqual([
      first,
      second,
      older,
    ]);
    expect(await listQueue({ kind: 'JOB', statuses: ['DRAFT'] })).toEqual([]);
  });

  test('lists submitted and claimed profiles', async () => {
    const profiles = [await fixture.addFreelancer('SUBMITTED'), await fixture.addFreelancer('UNDER_REVIEW')];
    const approved = await fixture.addFreelancer('APPROVED');
    await fixture.addFreelancer('DRAFT');
    expect(await listQueue({ kind: 'PROFILE' })).toEqual(profiles.map(({ profileId }) => profileId));
    expect(await listQueue({ kind: 'PROFILE', statuses: ['APPROVED'] })).toEqual([approved.profileId]);
  });

  test('lists pending assets without removed ones', async () => {
    const { profileId } = await fixture.addFreelancer('SUBMITTED');
    const pending = await addAsset(profileId, 'PENDING');
    const rejected = await addAsset(profileId, 'REJECTED');
    await addAsset(profileId, 'PENDING', true);
    expect(await listQueue({ kind: 'ASSET' })).toEqual([pending]);
    expect(await listQueue({ kind: 'ASSET', statuses: ['REJECTED'] })).toEqual([rejected]);
  });

  test('lists the statuses of the argument for its kind, and refuses that of another kind', async () => {
    const ids = async (kind: string, statuses: string) => {
      const document = `{ reviewQueue(kind: ${kind}, ${statuses}) { edges { node { ... on FreelancerProfile { id } } } } }`;
      return fixture.request(document, fixture.reviewer);
    };
    const { data } = await ids('PROFILE', 'profileStatuses: [APPROVED]');
    const texts = await listQueue({ kind: 'PROFILE', statuses: ['APPROVED'] });
    expect(data.reviewQueue.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(texts);
    expect(texts).not.toEqual([]);
    const { errors } = await ids('PROFILE', 'jobStatuses: [DRAFT]');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'jobStatuses' }] } }]);
  });

  test('resolves the type of each item', async () => {
    await submitJob('Typed');
    const types = async (kind: string) => {
      const { reviewQueue } = await fixture.execute(queue, fixture.reviewer, { kind, first: 1 });
      return reviewQueue.edges.map(({ node }: { node: { __typename: string } }) => node.__typename);
    };
    const all = [await types('JOB'), await types('PROFILE'), await types('ASSET')];
    expect(all.flat()).toEqual(['Job', 'FreelancerProfile', 'PortfolioAsset']);
  });

  test('is paged over several statuses without gaps or repeats, even with equal times', async () => {
    await fixture.sql(`update jobs set submitted_at = '2026-01-01T00:00:00Z' where status <> 'DRAFT'`);
    for (let count = 0; count < 5; count += 1) await submitJob(`More ${count}`);
    const statuses = ['QUEUED_FOR_REVIEW', 'PUBLISHED'];
    const whole = await listQueue({ kind: 'JOB', statuses, first: 100 });
    const paged: string[] = [];
    for (let after = null, more = true; more;) {
      const { reviewQueue } = await fixture.execute(queue, fixture.reviewer, {
        kind: 'JOB',
        statuses,
        first: 2,
        after,
      });
      paged.push(...reviewQueue.edges.map(({ node }: { node: { id: string } }) => node.id));
      [after, more] = [reviewQueue.pageInfo.endCursor, reviewQueue.pageInfo.hasNextPage];
      await submitJob('Newcomer');
    }
    expect(paged.slice(0, whole.length)).toEqual(whole);
    expect(new Set(paged).size).toBe(paged.length);
  });

  test('costs one statement', async () => {
    const { requests } = await observeStores(() => listQueue({ kind: 'JOB', first: 100 }));
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['PROFILE', 'QUEUED_FOR_REVIEW'],
    ['JOB', 'SUBMITTED'],
    ['ASSET', 'DRAFT'],
    ['JOB', "' or true --"],
  ])('of %s rejects the status %s', async (kind, status) => {
    const { errors } = await fixture.request(queue, fixture.reviewer, { kind, statuses: [status] });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'statuses' }] });
    expect(errors[0]?.message).toContain(`"${status}" is not a status of ${kind}`);
  });

  test('rejects an invalid cursor', async () => {
    expect(errorCodes(await fixture.request(queue, fixture.reviewer, { kind: 'JOB', after: 'nothing' }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });
});

test('the summary counts every item by its effective status', async () => {
  const { reviewSummary } = await fixture.execute(summary, userCaller('ADMIN'));
  const count = (counts: { status: string; count: number }[], status: string) =>
    counts.find((one) => one.status === status)?.count;
  expect(reviewSummary.jobs).toHaveLength(8);
  expect(reviewSummary.profiles).toHaveLength(8);
  expect(reviewSummary.assets).toHaveLength(4);
  expect(count(reviewSummary.assets, 'PENDING')).toBe(1);
  expect(count(reviewSummary.jobs, 'ARCHIVED')).toBe(0);
  expect(count(reviewSummary.profiles, 'SUBMITTED')).toBe(2);
  const published = count(reviewSummary.jobs, 'PUBLISHED') ?? 0;
  const late = await fixture.publishJob();
  await fixture.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [late]);
  const after = (await fixture.execute(summary, fixture.reviewer)).reviewSummary.jobs;
  expect([count(after, 'PUBLISHED'), count(after, 'CLOSED')]).toEqual([published, 1]);
});

describe('the review queue and summary are rejected for', () => {
  test.each([
    ...nonUserCallers,
    ['a freelancer', userCaller('FREELANCER'), 'FORBIDDEN'] as const,
    ['a hiring user', userCaller('HIRING_USER'), 'FORBIDDEN'] as const,
  ])('%s', async (_, caller, code) => {
    expect(errorCodes(await fixture.request(queue, caller, { kind: 'JOB' }))).toEqual([code]);
    expect(errorCodes(await fixture.request(summary, caller))).toEqual([code]);
  });
});

test('ten aliases of the summary, of two moderators at the same time, count each kind at most once more', async () => {
  const aliases = Array.from({ length: 10 }, (_, index) => `a${index}: reviewSummary { jobs { status count } }`);
  const document = `{ ${aliases.join(' ')} }`;
  const { result, requests } = await observeStores(() =>
    Promise.all([fixture.execute(document, fixture.reviewer), fixture.execute(document, userCaller('ADMIN'))]),
  );
  // A count for each kind; those of a summary that ended in the meantime come once more.
  expect(requests.filter(({ statement }) => /count\(/i.test(statement)).length).toBeLessThanOrEqual(6);
  expect(result.flatMap((data) => Object.values(data))).toHaveLength(20);
});

test('an edge of the review queue says when its item was submitted, and whose portfolio an asset is in', async () => {
  const before = Date.now();
  const { profileId } = await fixture.addFreelancer();
  const id = await addAsset(profileId, 'PENDING');
  const document = `{ reviewQueue(kind: ASSET, first: 100) {
    edges { submittedAt node { ... on PortfolioAsset { id profile { id } } } } } }`;
  const { reviewQueue } = await fixture.execute(document, fixture.reviewer);
  const edge = reviewQueue.edges.find(({ node }: { node: { id: string } }) => node.id === id);
  expect(edge.node.profile).toEqual({ id: profileId });
  expect(Math.abs(Date.parse(edge.submittedAt) - before)).toBeLessThan(60_000);
});
