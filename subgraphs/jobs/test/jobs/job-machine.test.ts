import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import type { GraphQLError } from 'graphql';
import { Distribution, Job, JobAction, JobStatus } from '../../src/jobs/job-model.js';
import { applyJobAction } from '../../src/jobs/job-rules.js';
import { type JobActor, type JobSubject, jobMachine } from '../../src/jobs/job-machine.js';
import { actOnJobMutation, codes, openWorld, outsiders, type World } from '../fixtures/job-fixture.js';

const statuses = Object.values(JobStatus);
const actions = Object.values(JobAction);
const ahead = new Date(Date.now() + 86_400_000);
const past = new Date(Date.now() - 86_400_000);

/** What a job can be besides its state. */
const conditions: [string, Omit<JobSubject, 'status'>][] = [
  ['public', { distribution: Distribution.PUBLIC, closesAt: null, isFilled: false }],
  ['private', { distribution: Distribution.PRIVATE_OUTREACH, closesAt: ahead, isFilled: false }],
  ['late', { distribution: Distribution.PUBLIC, closesAt: past, isFilled: false }],
  ['filled', { distribution: Distribution.PUBLIC, closesAt: null, isFilled: true }],
];

const asPublished = { distribution: Distribution.PUBLIC, closesAt: null, isFilled: false };
const aJob = Object.assign(new Job(), { title: 'A cover', summary: 'Something dark.' });
let world: World;
let actors: [string, UserCaller, JobActor[]][];
beforeAll(async () => {
  world = await openWorld();
  actors = [
    ['its poster', world.poster, ['poster']],
    ['a reviewer', world.reviewer, ['reviewer']],
  ];
});
afterAll(() => world.close());

/** What the table says, read without the code that reads it elsewhere. */
function rowOf(subject: JobSubject, action: JobAction, who: readonly JobActor[]) {
  return jobMachine.transitions.find(
    ({ action: name, from, by, when }) =>
      name === action &&
      from.includes(subject.status) &&
      by.some((actor) => who.includes(actor)) &&
      (when?.holds(subject, new Date()) ?? true),
  );
}

function reads(status: JobStatus, closesAt: Date | null): JobStatus {
  const isOpen = status === JobStatus.PUBLISHED || status === JobStatus.PRIVATE_OUTREACH;
  return isOpen && closesAt !== null && closesAt < new Date() ? JobStatus.CLOSED : status;
}

describe('a public job', () => {
  test.each(statuses)('that is %s goes where its table says, whoever acts on it', async (status) => {
    const jobId = await world.draft();
    const expected: unknown[] = [];
    const answered: unknown[] = [];
    for (const [name, caller, who] of actors)
      for (const action of actions) {
        await world.sql('update jobs set status = $2 where id = $1', [jobId, status]);
        expected.push([name, action, due({ ...asPublished, status }, action, who)]);
        answered.push([name, action, await outcome(jobId, action, caller)]);
      }
    expect(answered).toEqual(expected);
  });
});

describe.each(conditions)('a %s job', (_, condition) => {
  test.each([[['poster']], [['reviewer']], [['poster', 'reviewer']], [[]]] as [JobActor[]][])(
    'goes where its table says for %j, from any state',
    (who) => {
      const tried = statuses.flatMap((status) => actions.map((action) => ({ status, action })));
      const outcomes = tried.map(({ status, action }) => decided({ ...aJob, ...condition, status }, action, who));
      const expected = tried.map(({ status, action }) => {
        const subject = { ...condition, status: reads(status, condition.closesAt) };
        const isLate = action === JobAction.SUBMIT && condition.closesAt === past;
        return isLate && rowOf(subject, action, who) ? ['closesAt'] : due(subject, action, who);
      });
      expect(outcomes).toEqual(expected);
    },
  );
});

/** Where a job goes, or why it does not. */
function due(subject: JobSubject, action: JobAction, who: readonly JobActor[]): unknown {
  const validActions = actions.filter((other) => rowOf(subject, other, who) !== undefined);
  return rowOf(subject, action, who)?.to ?? { from: subject.status, action, validActions };
}

function decided(job: Job, action: JobAction, who: readonly JobActor[]): unknown {
  try {
    return applyJobAction(job, action, who, null).status;
  } catch (failure) {
    return refusal((failure as GraphQLError).extensions);
  }
}

async function outcome(jobId: string, action: JobAction, caller: UserCaller): Promise<unknown> {
  const { data, errors } = await world.request(actOnJobMutation, caller, { input: { jobId, action } });
  return errors[0] ? refusal(errors[0].extensions) : data.actOnJob.job.status;
}

function refusal({ fields, from, action, validActions }: Record<string, unknown>): unknown {
  return Array.isArray(fields) ? fields.map(({ path }) => path) : { from, action, validActions };
}

test('no state is a dead end, but that of a job that was filled', () => {
  const ends = (isFilled: boolean) =>
    statuses.filter((status) => {
      const subject = { status, distribution: Distribution.PUBLIC, closesAt: null, isFilled };
      return actions.every((action) => rowOf(subject, action, ['poster', 'reviewer']) === undefined);
    });
  expect(ends(false)).toEqual([]);
  expect(ends(true)).toEqual(['ARCHIVED']);
});

test('the table is what was agreed', () => {
  const lines = jobMachine.transitions.map(
    ({ action, from, to, by }) => `${by.join()}: ${action} ${from.join()} > ${to}`,
  );
  expect(lines).toEqual([
    'poster: SUBMIT DRAFT,CHANGES_REQUESTED > QUEUED_FOR_REVIEW',
    'poster: RETRACT QUEUED_FOR_REVIEW > DRAFT',
    'reviewer: APPROVE QUEUED_FOR_REVIEW > PUBLISHED',
    'reviewer: APPROVE QUEUED_FOR_REVIEW > PRIVATE_OUTREACH',
    'reviewer: REQUEST_CHANGES QUEUED_FOR_REVIEW > CHANGES_REQUESTED',
    'reviewer: REJECT QUEUED_FOR_REVIEW > REJECTED',
    'reviewer: MAKE_PRIVATE PUBLISHED > PRIVATE_OUTREACH',
    'poster: CLOSE PUBLISHED,PRIVATE_OUTREACH > CLOSED',
    'poster: REOPEN CLOSED > PUBLISHED',
    'poster: REOPEN CLOSED > PRIVATE_OUTREACH',
    'poster: REOPEN REJECTED,ARCHIVED > DRAFT',
    'poster: ARCHIVE DRAFT,QUEUED_FOR_REVIEW,CHANGES_REQUESTED,REJECTED,PUBLISHED,PRIVATE_OUTREACH,CLOSED > ARCHIVED',
  ]);
});

describe('nobody else acts on a job:', () => {
  const stranger = userCaller('HIRING_USER');
  const freelancer = userCaller('FREELANCER');
  const cases: typeof outsiders = [
    ...outsiders,
    ['a freelancer', freelancer, 'FORBIDDEN'],
    ['another hiring user', stranger, 'FORBIDDEN'],
  ];

  test.each(cases)('%s gets what is due for a public one', async (_, caller, code) => {
    const jobId = await world.publish();
    const answers = [];
    for (const action of actions)
      answers.push(...codes(await world.request(actOnJobMutation, caller, { input: { jobId, action } })));
    expect(answers).toEqual(actions.map(() => code));
    const { job } = await world.get('query ($id: ID!) { job(id: $id) { status validActions } }', caller, { id: jobId });
    expect(job).toEqual({ status: 'PUBLISHED', validActions: [] });
  });

  test('a job that they may not see is NOT_FOUND to another hiring user, as one that there is not', async () => {
    const input = { jobId: await world.draft(), action: 'SUBMIT' };
    expect(codes(await world.request(actOnJobMutation, stranger, { input }))).toEqual(['NOT_FOUND']);
    const nothing = { ...input, jobId: 'nothing' };
    expect(codes(await world.request(actOnJobMutation, world.poster, { input: nothing }))).toEqual(['NOT_FOUND']);
  });
});

test('of two reviewers who decide at the same time one is told that it is settled', async () => {
  const jobId = await world.draft();
  await world.get(actOnJobMutation, world.poster, { input: { jobId, action: 'SUBMIT' } });
  const decide = (action: string) => world.request(actOnJobMutation, world.reviewer, { input: { jobId, action } });
  const answers = await Promise.all([decide('APPROVE'), decide('REJECT'), decide('APPROVE'), decide('REJECT')]);
  expect(answers.flatMap(codes)).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'INVALID_TRANSITION']);
});
