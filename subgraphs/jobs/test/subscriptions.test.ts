import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import type { TestService } from '@marquee/testkit/test-service';
import type { GraphQLFormattedError } from 'graphql';
import { actOnJobMutation, openJobFixture, type JobFixture } from './fixtures/job-fixture.js';

const jobPublished = 'subscription ($filter: JobFilter) { jobPublished(filter: $filter) { id title } }';
const listJobs = 'query ($filter: JobFilter) { jobs(filter: $filter) { edges { node { id } } } }';
const proposalChanged = 'subscription ($jobId: ID!) { proposalChanged(jobId: $jobId) { status pitch } }';
const reviewQueueChanged = 'subscription { reviewQueueChanged { jobs { status count } } }';
const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
const submit = 'mutation ($input: SubmitProposalInput!) { submitProposal(input: $input) { proposal { id } } }';

let fixture: JobFixture;
const open: TestSubscription[] = [];
beforeAll(async () => void (fixture = await openJobFixture()));
afterEach(async () => {
  for (const subscription of open.splice(0)) await subscription.unsubscribe();
});
afterAll(() => fixture.close());

describe('jobPublished', () => {
  test('sends every job that becomes public, also to guests', async () => {
    const events = await subscribe(jobPublished);
    const id = await fixture.publishJob({ title: 'For everyone' });
    expect(await events.next()).toEqual({ data: { jobPublished: { id, title: 'For everyone' } } });
  });

  test('sends only jobs that match the filter', async () => {
    const events = await subscribe(jobPublished, guest, { filter: { genres: ['noir'], search: 'ferry' } });
    await fixture.publishJob({ title: 'A ferry without a genre' });
    await fixture.publishJob({ title: 'Noir without a boat', genreIds: [fixture.genre] });
    await fixture.publishJob({ title: 'The noir ferry', genreIds: [fixture.genre] });
    expect(await events.next()).toMatchObject({ data: { jobPublished: { title: 'The noir ferry' } } });
  });

  test('applies every filter of many subscriptions to a job', async () => {
    const filters = [
      {},
      { search: 'lighthouse' },
      { search: '"light house" -storm' },
      { genres: ['noir'] },
      { genres: [] },
      { showSlug: 'show/none' },
      { search: 'lighthouse', genres: ['noir'] },
    ];
    const streams = [];
    for (const filter of filters) streams.push(await subscribe(jobPublished, guest, { filter }));
    const first = await fixture.publishJob({ title: 'A lighthouse', genreIds: [fixture.genre] });
    const last = await fixture.publishJob({ title: 'A windmill' });
    const published = [first, last];
    for (const [index, stream] of streams.entries()) {
      const { jobs } = await fixture.execute(listJobs, guest, { filter: filters[index] });
      const listed = (jobs.edges as { node: { id: string } }[]).map(({ node }) => node.id);
      for (const id of published.filter((one) => listed.includes(one)))
        expect(await stream.next()).toMatchObject({ data: { jobPublished: { id } } });
    }
  });

  test('does not send a job in private outreach', async () => {
    const events = await subscribe(jobPublished);
    await fixture.publishJob({ title: 'Hidden', distribution: 'PRIVATE_OUTREACH' });
    await fixture.publishJob({ title: 'Open' });
    expect(await events.next()).toMatchObject({ data: { jobPublished: { title: 'Open' } } });
  });
});

describe('proposalChanged', () => {
  test('sends submitted proposals to the poster, and own proposals to a freelancer', async () => {
    const [jobId, ada, bob] = [
      await fixture.publishJob(),
      await fixture.addFreelancer(),
      await fixture.addFreelancer(),
    ];
    const poster = await subscribe(proposalChanged, fixture.poster, { jobId });
    const bobs = await subscribe(proposalChanged, bob.caller, { jobId });
    await propose(ada.caller, jobId, "Ada's");
    await propose(bob.caller, jobId, "Bob's");
    expect([await poster.next(), await poster.next()]).toEqual([
      changed('SUBMITTED', "Ada's"),
      changed('SUBMITTED', "Bob's"),
    ]);
    expect([await bobs.next(), await bobs.next()]).toEqual([changed('DRAFT', "Bob's"), changed('SUBMITTED', "Bob's")]);
  });

  test('returns NOT_FOUND for a job that the caller may not see, and for an unknown id', async () => {
    const hidden = await fixture.draftJob();
    for (const jobId of [hidden, '019a0000-0000-7000-8000-00000000dead'])
      expect(await getError(proposalChanged, userCaller(), { jobId })).toBe('NOT_FOUND');
  });

  test.each<[string, Caller, string]>([
    ['a guest', guest, 'UNAUTHENTICATED'],
    ['a machine client', machineCaller('shows.read'), 'FORBIDDEN'],
  ])('is rejected for %s', async (_, caller, code) => {
    expect(await getError(proposalChanged, caller, { jobId: await fixture.publishJob() })).toBe(code);
  });
});

describe('reviewQueueChanged', () => {
  test('sends the counts whenever an item enters or leaves the queue', async () => {
    const events = await subscribe(reviewQueueChanged, fixture.reviewer);
    const jobId = await fixture.draftJob();
    await fixture.execute(actOnJobMutation, fixture.poster, { input: { jobId, action: 'SUBMIT' } });
    expect(await readUntilQueued(events, 1)).toBe(1);
    await fixture.execute(actOnJobMutation, fixture.reviewer, { input: { jobId, action: 'APPROVE' } });
    expect(await readUntilQueued(events, 0)).toBe(0);
  });

  test.each<[string, Caller, string]>([
    ['a guest', guest, 'UNAUTHENTICATED'],
    ['a freelancer', userCaller(), 'FORBIDDEN'],
    ['a hiring user', userCaller('HIRING_USER'), 'FORBIDDEN'],
    ['a machine client', machineCaller('shows.read'), 'FORBIDDEN'],
  ])('is rejected for %s', async (_, caller, code) => {
    expect(await getError(reviewQueueChanged, caller)).toBe(code);
  });
});

describe('a replica that misses every notification', () => {
  let replica: TestService;
  beforeAll(async () => void (replica = await fixture.startReplica({ TAIL_SECONDS: '0.2' })));
  afterAll(() => replica.close());

  test('polls for jobs, and sends each match once and in order', async () => {
    const events = await subscribe(jobPublished, guest, { filter: { search: 'lighthouse' } }, replica);
    const titles = ['The first lighthouse', 'Another one', 'The second lighthouse', 'The third lighthouse'];
    for (const title of titles) await fixture.publishJob({ title });
    const received = [await events.next(), await events.next(), await events.next()];
    expect(received.map(({ data }) => (data as { jobPublished: { title: string } }).jobPublished.title)).toEqual(
      titles.filter((title) => title.includes('lighthouse')),
    );
  });

  test('polls for proposals, and sends them to callers who may see them', async () => {
    const [jobId, ada, bob] = [
      await fixture.publishJob(),
      await fixture.addFreelancer(),
      await fixture.addFreelancer(),
    ];
    const poster = await subscribe(proposalChanged, fixture.poster, { jobId }, replica);
    const bobs = await subscribe(proposalChanged, bob.caller, { jobId }, replica);
    await propose(ada.caller, jobId, "Ada's");
    expect(await poster.next()).toEqual(changed('SUBMITTED', "Ada's"));
    await propose(bob.caller, jobId, "Bob's");
    expect(await poster.next()).toEqual(changed('SUBMITTED', "Bob's"));
    expect(await bobs.next()).toMatchObject({ data: { proposalChanged: { pitch: "Bob's" } } });
  });

  test('polls for the review queue, and sends changed counts', async () => {
    const events = await subscribe(reviewQueueChanged, fixture.reviewer, {}, replica);
    const jobId = await fixture.draftJob();
    await fixture.execute(actOnJobMutation, fixture.poster, { input: { jobId, action: 'SUBMIT' } });
    expect(await readUntilQueued(events, 1)).toBe(1);
  });
});

async function subscribe(
  document: string,
  caller: Caller = guest,
  variables: object = {},
  service: TestService = fixture.service,
): Promise<TestSubscription> {
  const events = await service.subscribe(document, { caller, variables });
  open.push(events);
  // A subscription is not acknowledged: completed requests show that the service has processed it.
  for (let turn = 0; turn < 10; turn += 1) await service.request('{ jobs(first: 1) { edges { cursor } } }');
  return events;
}

async function getError(document: string, caller: Caller, variables: object = {}): Promise<unknown> {
  const refused = await subscribe(document, caller, variables);
  const [error] = await refused.next().then(
    () => [],
    (errors: GraphQLFormattedError[]) => errors,
  );
  return error?.extensions?.['code'];
}

async function propose(caller: Caller, jobId: string, pitch: string): Promise<void> {
  const { saveProposal } = (await fixture.execute(save, caller, { input: { jobId, pitch } })) as {
    saveProposal: { proposal: { id: string } };
  };
  await fixture.execute(submit, caller, { input: { proposalId: saveProposal.proposal.id } });
}

function changed(status: string, pitch: string): object {
  return { data: { proposalChanged: { status, pitch } } };
}

/** Reads events until this number of jobs is queued. Changes to drafts send events too. */
async function readUntilQueued(events: TestSubscription, count: number): Promise<number | undefined> {
  for (;;) {
    const { data } = (await events.next()) as {
      data: { reviewQueueChanged: { jobs: { status: string; count: number }[] } };
    };
    const queued = data.reviewQueueChanged.jobs.find(({ status }) => status === 'QUEUED_FOR_REVIEW')?.count;
    if (queued === count) return queued;
  }
}
