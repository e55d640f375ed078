import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { freshSchema } from '@marquee/testkit/test-stores';
import { startJobs } from '../fixtures/jobs-service.js';

const admin = userCaller('ADMIN', '019a0000-0000-7000-8000-000000000001');
const hiring = userCaller('HIRING_USER', '019a0000-0000-7000-8000-000000000003');
const store = freshSchema();
let jobs: TestService;
beforeAll(async () => {
  jobs = await startJobs({ ...store, SEED: 'true' });
});
afterAll(() => jobs.close());

const everything = `{ reviewSummary { jobs { status count } }
  covers(first: 100) { edges { node { title image { id } contributors { name freelancer { name } } related { title } } } }
  reviewQueue(kind: JOB, first: 100, statuses: ["DRAFT", "QUEUED_FOR_REVIEW", "CHANGES_REQUESTED", "REJECTED", "PUBLISHED",
    "PRIVATE_OUTREACH", "CLOSED", "ARCHIVED"]) { edges { node { ... on Job { id title status proposalCount
    projectType { label } genres { label } show { slug } invited { name }
    proposals(first: 100) { edges { node { status pitch freelancer { name status } } } } } } } } }`;

test('the example data has jobs in every status, proposals and covers', async () => {
  const { data, errors } = await jobs.request(everything, { caller: admin });
  expect(errors).toEqual([]);
  const all = data.reviewQueue.edges.map(({ node }: { node: object }) => node);
  expect(all).toHaveLength(15);
  expect(data.reviewSummary.jobs.filter(({ count }: { count: number }) => count === 0)).toEqual([]);
  const proposals = all.flatMap((job: { proposals: { edges: object[] } }) => job.proposals.edges);
  // The twentieth is a draft, which is visible to its freelancer only.
  expect(proposals).toHaveLength(19);
  const makers = proposals.map(({ node }: { node: { freelancer: { status: string } } }) => node.freelancer.status);
  expect(new Set(makers)).toEqual(new Set(['APPROVED']));
  expect(data.covers.edges).toHaveLength(8);
});

test('a second start does not change the example data', async () => {
  const before = await jobs.request(everything, { caller: admin });
  const change = 'mutation ($input: UpdateJobInput!) { updateJob(input: $input) { job { title } } }';
  const mine = await jobs.request('{ myJobs(status: DRAFT) { edges { node { id } } } }', { caller: hiring });
  const input = { jobId: mine.data.myJobs.edges[0].node.id, title: 'My own words' };
  await jobs.request(change, { caller: hiring, variables: { input } });
  const again = await startJobs({ ...store, SEED: 'true' });
  const after = await again.request(everything, { caller: admin });
  await again.close();
  const text = JSON.stringify(after.data);
  expect(text).toContain('My own words');
  expect(text.replace('My own words', 'Cover for a debut in verse')).toBe(JSON.stringify(before.data));
});
