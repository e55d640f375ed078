import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ProposalStatus } from '../../src/proposals/proposal-model.js';
import { errorCodes, openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';
import { createProposalOperations, type ProposalOperations } from '../fixtures/proposal-operations.js';

const received = `query ($id: ID!, $status: ProposalStatus) { job(id: $id) { proposalCount myProposal { id }
  proposals(status: $status) { edges { node { id status } } } } }`;

let fixture: JobFixture;
let proposals: ProposalOperations;
beforeAll(async () => {
  fixture = await openJobFixture();
  proposals = createProposalOperations(fixture);
});
afterAll(() => fixture.close());

describe('acceptProposal', () => {
  const states = `query ($id: ID!) { job(id: $id) { status validActions proposals(first: 100) { edges { node { id status } } } } }`;

  async function readStatuses(id: string) {
    const { job } = await fixture.execute(states, fixture.poster, { id });
    const nodes: { id: string; status: string }[] = job.proposals.edges.map(({ node }: { node: object }) => node);
    return { ...job, proposals: Object.fromEntries(nodes.map((node) => [node.id, node.status])) };
  }

  test('closes the job and declines the other open proposals only', async () => {
    const id = await fixture.publishJob();
    const [won, open, shortlisted, withdrawn] = [
      await proposals.submit(id),
      await proposals.submit(id),
      await proposals.submit(id),
      await proposals.submit(id),
    ];
    const drafter = await fixture.addFreelancer();
    const drafted = await proposals.draft(id, drafter);
    await proposals.act('SHORTLIST', shortlisted, fixture.poster);
    await proposals.setStatus(withdrawn, ProposalStatus.WITHDRAWN);
    await proposals.act('ACCEPT', won, fixture.poster);
    expect(await readStatuses(id)).toEqual({
      status: 'CLOSED',
      validActions: ['ARCHIVE'],
      proposals: { [won]: 'ACCEPTED', [open]: 'DECLINED', [shortlisted]: 'DECLINED', [withdrawn]: 'WITHDRAWN' },
    });
    const mine = await fixture.execute(
      '{ myProposals { edges { node { id status job { status } } } } }',
      drafter.caller,
    );
    expect(mine.myProposals.edges).toEqual([{ node: { id: drafted, status: 'DRAFT', job: { status: 'CLOSED' } } }]);
  });

  test('accepts exactly one of several concurrent proposals', async () => {
    const id = await fixture.publishJob();
    const ids = await Promise.all(Array.from({ length: 10 }, () => proposals.submit(id)));
    const tries = Array.from({ length: 50 }, (_, index) =>
      proposals.act('ACCEPT', ids[index % 10] ?? '', fixture.poster),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(errorCodes))).toEqual(new Set(['INVALID_TRANSITION']));
    const after = await readStatuses(id);
    expect(after.status).toBe('CLOSED');
    expect(Object.values(after.proposals).sort()).toEqual(['ACCEPTED', ...Array.from({ length: 9 }, () => 'DECLINED')]);
  });

  test('leaves the job consistent under concurrent submit, withdraw and close', async () => {
    const jobId = await fixture.publishJob();
    const late = await fixture.addFreelancer();
    const leaver = await fixture.addFreelancer();
    const [won, left] = [await proposals.submit(jobId), await proposals.submit(jobId, leaver)];
    const drafted = await proposals.draft(jobId, late);
    const actOnJob = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { id } } }';
    await Promise.all([
      proposals.act('SUBMIT', drafted, late.caller),
      proposals.act('WITHDRAW', left, leaver.caller),
      proposals.act('ACCEPT', won, fixture.poster),
      fixture.request(actOnJob, fixture.poster, { input: { jobId, action: 'CLOSE' } }),
    ]);
    const job = await readStatuses(jobId);
    expect([job.status, job.proposals[won]]).toEqual(['CLOSED', 'ACCEPTED']);
    expect(Object.values(job.proposals)).not.toContain('SUBMITTED');
  });
});

test('a declined proposal has the reason', async () => {
  const [filled, archived] = [await fixture.publishJob(), await fixture.publishJob()];
  const [declined, won, other] = [
    await proposals.submit(filled),
    await proposals.submit(filled),
    await proposals.submit(filled),
  ];
  const unanswered = await proposals.submit(archived);
  await proposals.act('DECLINE', declined, fixture.poster);
  await proposals.act('ACCEPT', won, fixture.poster);
  const archive = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { status } } }';
  await fixture.execute(archive, fixture.poster, { input: { jobId: archived, action: 'ARCHIVE' } });
  const document = 'query ($id: ID!) { job(id: $id) { proposals { edges { node { id declinedBecause } } } } }';
  const reasons = [filled, archived].map(async (id) => (await fixture.execute(document, fixture.poster, { id })).job);
  const nodes = (await Promise.all(reasons)).flatMap(({ proposals: { edges } }) =>
    edges.map(({ node }: { node: { id: string; declinedBecause: string | null } }) => node),
  );
  expect(Object.fromEntries(nodes.map(({ id, declinedBecause }) => [id, declinedBecause]))).toEqual({
    [declined]: 'POSTER',
    [won]: null,
    [other]: 'JOB_FILLED',
    [unanswered]: 'JOB_ARCHIVED',
  });
});

test('archiving a job declines its open proposals', async () => {
  const jobId = await fixture.publishJob();
  const id = await proposals.submit(jobId);
  const actOnJob = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { status } } }';
  await fixture.execute(actOnJob, fixture.poster, { input: { jobId, action: 'ARCHIVE' } });
  const { job } = await fixture.execute(received, fixture.poster, { id: jobId });
  expect(job.proposals.edges).toEqual([{ node: { id, status: 'DECLINED' } }]);
});
