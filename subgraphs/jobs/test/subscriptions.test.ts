import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import type { TestService } from '@marquee/testkit/test-service';
import { actOnJobMutation, openWorld, type World } from './fixtures/job-fixture.js';

const jobPublished = 'subscription ($filter: JobFilter) { jobPublished(filter: $filter) { id title } }';
const proposalChanged = 'subscription ($jobId: ID!) { proposalChanged(jobId: $jobId) { status pitch } }';
const reviewQueueChanged = 'subscription { reviewQueueChanged { jobs { status count } } }';
const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
const submit = 'mutation ($input: SubmitProposalInput!) { submitProposal(input: $input) { proposal { id } } }';

let world: World;
const open: TestSubscription[] = [];
beforeAll(async () => void (world = await openWorld()));
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.unsubscribe();
});
afterAll(() => world.close());

describe('jobPublished', () => {
  test('tells guests of every job that becomes public', async () => {
    const heard = await listening(jobPublished);
    const id = await world.publish({ title: 'For everyone' });
    expect(await heard.next()).toEqual({ data: { jobPublished: { id, title: 'For everyone' } } });
  });

  test('tells only of those that fit the filter', async () => {
    const heard = await listening(jobPublished, guest, { filter: { genres: ['noir'], search: 'ferry' } });
    await world.publish({ title: 'A ferry without a genre' });
    await world.publish({ title: 'Noir without a boat', genreIds: [world.genre] });
    await world.publish({ title: 'The noir ferry', genreIds: [world.genre] });
    expect(await heard.next()).toMatchObject({ data: { jobPublished: { title: 'The noir ferry' } } });
  });

  test('does not tell of a job for those invited', async () => {
    const heard = await listening(jobPublished);
    await world.publish({ title: 'Hidden', distribution: 'PRIVATE_OUTREACH' });
    await world.publish({ title: 'Open' });
    expect(await heard.next()).toMatchObject({ data: { jobPublished: { title: 'Open' } } });
  });
});

describe('proposalChanged', () => {
  test('tells the poster of all that was submitted, and a freelancer of the own', async () => {
    const [jobId, ada, bob] = [await world.publish(), await world.freelancer(), await world.freelancer()];
    const poster = await listening(proposalChanged, world.poster, { jobId });
    const bobs = await listening(proposalChanged, bob.caller, { jobId });
    await propose(ada.caller, jobId, "Ada's");
    await propose(bob.caller, jobId, "Bob's");
    expect([await poster.next(), await poster.next()]).toEqual([
      changed('SUBMITTED', "Ada's"),
      changed('SUBMITTED', "Bob's"),
    ]);
    expect([await bobs.next(), await bobs.next()]).toEqual([changed('DRAFT', "Bob's"), changed('SUBMITTED', "Bob's")]);
  });

  test('of a job that the caller may not see is NOT_FOUND, as of none', async () => {
    const hidden = await world.draft();
    for (const jobId of [hidden, '019a0000-0000-7000-8000-00000000dead'])
      expect(await refusal(proposalChanged, userCaller(), { jobId })).toBe('NOT_FOUND');
  });

  test.each<[string, Caller, string]>([
    ['a guest', guest, 'UNAUTHENTICATED'],
    ['a machine client', machineCaller('shows.read'), 'FORBIDDEN'],
  ])('is not for %s', async (_, caller, code) => {
    expect(await refusal(proposalChanged, caller, { jobId: await world.publish() })).toBe(code);
  });
});

describe('reviewQueueChanged', () => {
  test('tells reviewers the counts whenever something enters or leaves the queue', async () => {
    const heard = await listening(reviewQueueChanged, world.reviewer);
    const jobId = await world.draft();
    await world.get(actOnJobMutation, world.poster, { input: { jobId, action: 'SUBMIT' } });
    expect(await waiting(heard, 1)).toBe(1);
    await world.get(actOnJobMutation, world.reviewer, { input: { jobId, action: 'APPROVE' } });
    expect(await waiting(heard, 0)).toBe(0);
  });

  test.each<[string, Caller, string]>([
    ['a guest', guest, 'UNAUTHENTICATED'],
    ['a freelancer', userCaller(), 'FORBIDDEN'],
    ['a hiring user', userCaller('HIRING_USER'), 'FORBIDDEN'],
    ['a machine client', machineCaller('shows.read'), 'FORBIDDEN'],
  ])('is not for %s', async (_, caller, code) => {
    expect(await refusal(reviewQueueChanged, caller)).toBe(code);
  });
});

describe('what no hint told of', () => {
  let deaf: TestService;
  beforeAll(async () => void (deaf = await world.replica({ TAIL_SECONDS: '0.2' })));
  afterAll(() => deaf.close());

  test('is told by the timer, each job that fits once and in order', async () => {
    const heard = await listening(jobPublished, guest, { filter: { search: 'lighthouse' } }, deaf);
    const titles = ['The first lighthouse', 'Another one', 'The second lighthouse', 'The third lighthouse'];
    for (const title of titles) await world.publish({ title });
    const told = [await heard.next(), await heard.next(), await heard.next()];
    expect(told.map(({ data }) => (data as { jobPublished: { title: string } }).jobPublished.title)).toEqual(
      titles.filter((title) => title.includes('lighthouse')),
    );
  });

  test('is told of proposals to those who may see them', async () => {
    const [jobId, ada, bob] = [await world.publish(), await world.freelancer(), await world.freelancer()];
    const poster = await listening(proposalChanged, world.poster, { jobId }, deaf);
    const bobs = await listening(proposalChanged, bob.caller, { jobId }, deaf);
    await propose(ada.caller, jobId, "Ada's");
    expect(await poster.next()).toEqual(changed('SUBMITTED', "Ada's"));
    await propose(bob.caller, jobId, "Bob's");
    expect(await poster.next()).toEqual(changed('SUBMITTED', "Bob's"));
    expect(await bobs.next()).toMatchObject({ data: { proposalChanged: { pitch: "Bob's" } } });
  });

  test('is told of the review queue when the counts are other ones', async () => {
    const heard = await listening(reviewQueueChanged, world.reviewer, {}, deaf);
    const jobId = await world.draft();
    await world.get(actOnJobMutation, world.poster, { input: { jobId, action: 'SUBMIT' } });
    expect(await waiting(heard, 1)).toBe(1);
  });
});

async function listening(
  document: string,
  caller: Caller = guest,
  variables: object = {},
  service: TestService = world.service,
): Promise<TestSubscription> {
  const heard = await service.subscribe(document, { caller, variables });
  open.push(heard);
  // Nothing acknowledges a subscription; requests that are answered later show that it has had its turn.
  for (let turn = 0; turn < 10; turn += 1) await service.request('{ jobs(first: 1) { edges { cursor } } }');
  return heard;
}

async function refusal(document: string, caller: Caller, variables: object = {}): Promise<unknown> {
  const { errors } = await (await listening(document, caller, variables)).next();
  return errors?.[0]?.extensions['code'];
}

async function propose(caller: Caller, jobId: string, pitch: string): Promise<void> {
  const { saveProposal } = (await world.get(save, caller, { input: { jobId, pitch } })) as {
    saveProposal: { proposal: { id: string } };
  };
  await world.get(submit, caller, { input: { proposalId: saveProposal.proposal.id } });
}

function changed(status: string, pitch: string): object {
  return { data: { proposalChanged: { status, pitch } } };
}

/** Reads on until so many jobs wait for a reviewer; drafts are counted, too, so it may take more than one. */
async function waiting(heard: TestSubscription, count: number): Promise<number | undefined> {
  for (;;) {
    const { data } = (await heard.next()) as {
      data: { reviewQueueChanged: { jobs: { status: string; count: number }[] } };
    };
    const queued = data.reviewQueueChanged.jobs.find(({ status }) => status === 'QUEUED_FOR_REVIEW')?.count;
    if (queued === count) return queued;
  }
}
