import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import type { TestService } from '@marquee/testkit/test-service';
import { openJobFixture, type JobFixture } from './fixtures/job-fixture.js';

const jobPublished =
  'subscription ($filter: JobFilter, $after: Int) { jobPublished(filter: $filter, after: $after) { id title changeCursor } }';
const proposalChanged =
  'subscription ($jobId: ID!, $after: Int) { proposalChanged(jobId: $jobId, after: $after) { status pitch changeCursor } }';
const save = 'mutation ($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id } } }';
const submit = 'mutation ($input: SubmitProposalInput!) { submitProposal(input: $input) { proposal { id } } }';

let fixture: JobFixture;
/** A process that starts later, without a bus that it shares with the first one. */
let later: TestService;
const open: TestSubscription[] = [];
beforeAll(async () => {
  fixture = await openJobFixture();
  later = await fixture.startReplica({ TAIL_SECONDS: '60' });
});
afterEach(async () => {
  for (const subscription of open.splice(0)) await subscription.unsubscribe();
});
afterAll(async () => {
  await later.close();
  await fixture.close();
});

interface Event {
  id: string;
  title?: string;
  pitch?: string;
  status?: string;
  changeCursor: number;
}

async function listen(query: string, variables: object, caller: Caller = guest): Promise<TestSubscription> {
  const stream = await later.subscribe(query, { caller, variables, positions: true });
  open.push(stream);
  return stream;
}

/** The position at which a stream of new events starts. */
async function currentPosition(query: string, variables: object, caller: Caller = guest): Promise<number> {
  const { data, extensions } = await (await listen(query, variables, caller)).next();
  expect(data).toBeNull();
  return (extensions as { position: { cursor: number } }).position.cursor;
}

async function take(stream: TestSubscription, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const { data } = await stream.next();
    if (data) events.push(Object.values(data)[0] as Event);
  }
  return events;
}

describe('jobPublished', () => {
  test('resumes with the jobs that match the filter and are still public, among more than 50', async () => {
    const start = await currentPosition(jobPublished, {});
    const ferry = await fixture.publishJob({ title: 'The ferry' });
    const noir = await fixture.publishJob({ title: 'The noir ferry', genreIds: [fixture.genre] });
    const closed = await fixture.publishJob({ title: 'The closed noir ferry', genreIds: [fixture.genre] });
    await fixture.source.query(`update jobs set status = 'CLOSED' where id = any($1)`, [[closed]]);
    for (let turn = 0; turn < 30; turn += 1)
      for (const status of ['CLOSED', 'PUBLISHED'])
        await fixture.source.query('update jobs set status = $1 where id = any($2)', [status, [ferry, noir]]);
    const all = await take(await listen(jobPublished, { after: start }), 62);
    expect(all.filter(({ id }) => id === ferry)).toHaveLength(31);
    expect(all.map(({ changeCursor }) => changeCursor)).toEqual(
      Array.from({ length: 63 }, (_, index) => start + 1 + index).filter((sequence) => sequence !== start + 3),
    );
    const filter = { genres: ['noir'], search: 'ferry' };
    const filtered = await take(await listen(jobPublished, { after: start, filter }), 31);
    expect(new Set(filtered.map(({ id }) => id))).toEqual(new Set([noir]));
    const last = all.at(-1)!.changeCursor;
    const beyond = await listen(jobPublished, { after: last + 1 });
    await expect(beyond.next()).rejects.toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', cursor: last } }]);
  });

  test('reports at once that positions are no longer kept, also without a later event', async () => {
    await fixture.publishJob({ title: 'Old' });
    const last = await currentPosition(jobPublished, {});
    await fixture.source.query(`delete from change_log where stream = 'published jobs'`);
    const stream = await listen(jobPublished, { after: last - 1 });
    expect(await stream.next()).toEqual({ data: null, extensions: { position: { cursor: last, gap: true } } });
  });
});

describe('proposalChanged', () => {
  test('resumes with what each caller may see, and positions disclose nothing of other proposals', async () => {
    const jobId = await fixture.publishJob();
    const [ada, bob] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
    for (const pitch of ['one', 'two', 'three']) await saveProposal(ada.caller, jobId, pitch);
    const proposalId = await saveProposal(bob.caller, jobId, "Bob's");
    await fixture.execute(submit, bob.caller, { input: { proposalId } });
    const posters = await take(await listen(proposalChanged, { jobId, after: 0 }, fixture.poster), 1);
    expect(posters).toEqual([{ status: 'SUBMITTED', pitch: "Bob's", changeCursor: 1 }]);
    const bobs = await take(await listen(proposalChanged, { jobId, after: 1 }, bob.caller), 1);
    expect(bobs).toEqual([{ status: 'SUBMITTED', pitch: "Bob's", changeCursor: 2 }]);
    const adas = await take(await listen(proposalChanged, { jobId, after: 2 }, ada.caller), 1);
    expect(adas).toEqual([{ status: 'DRAFT', pitch: 'three', changeCursor: 3 }]);
  });
});

async function saveProposal(caller: Caller, jobId: string, pitch: string): Promise<string> {
  const { saveProposal: saved } = (await fixture.execute(save, caller, { input: { jobId, pitch } })) as {
    saveProposal: { proposal: { id: string } };
  };
  return saved.proposal.id;
}
