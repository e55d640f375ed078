import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import type { GraphQLError } from 'graphql';
import { Distribution, Job, JobAction, JobStatus } from '../../src/jobs/job-model.js';
import { applyJobAction } from '../../src/jobs/job-rules.js';
import { type JobActor, type JobSubject, jobMachine } from '../../src/jobs/job-machine.js';
import {
  actOnJobMutation,
  errorCodes,
  openJobFixture,
  nonUserCallers,
  type JobFixture,
} from '../fixtures/job-fixture.js';

const statuses = Object.values(JobStatus);
const actions = Object.values(JobAction);
const ahead = new Date(Date.now() + 86_400_000);
const past = new Date(Date.now() - 86_400_000);

/** The properties of a job that its transitions depend on, in addition to its status. */
const conditions: [string, Omit<JobSubject, 'status'>][] = [
  ['public', { distribution: Distribution.PUBLIC, closesAt: null, isFilled: false }],
  ['private', { distribution: Distribution.PRIVATE_OUTREACH, closesAt: ahead, isFilled: false }],
  ['late', { distribution: Distribution.PUBLIC, closesAt: past, isFilled: false }],
  ['filled', { distribution: Distribution.PUBLIC, closesAt: null, isFilled: true }],
];

const asPublished = { distribution: Distribution.PUBLIC, closesAt: null, isFilled: false };
const aJob = Object.assign(new Job(), { title: 'A cover', summary: 'Something dark.' });
let fixture: JobFixture;
let actors: [string, UserCaller, JobActor[]][];
beforeAll(async () => {
  fixture = await openJobFixture();
  actors = [
    ['its poster', fixture.poster, ['poster']],
    ['a reviewer', fixture.reviewer, ['reviewer']],
  ];
});
afterAll(() => fixture.close());

/** Reads the transition table independently of the code under test. */
function findTransition(subject: JobSubject, action: JobAction, roles: readonly JobActor[]) {
  return jobMachine.transitions.find(
    ({ action: name, from, by, when }) =>
      name === action &&
      from.includes(subject.status) &&
      by.some((actor) => roles.includes(actor)) &&
      (when?.holds(subject, new Date()) ?? true),
  );
}

function effectiveStatus(status: JobStatus, closesAt: Date | null): JobStatus {
  const isOpen = status === JobStatus.PUBLISHED || status === JobStatus.PRIVATE_OUTREACH;
  return isOpen && closesAt !== null && closesAt < new Date() ? JobStatus.CLOSED : status;
}

describe('a public job', () => {
  test.each(statuses)('that is %s follows its transition table for every action and actor', async (status) => {
    const jobId = await fixture.draftJob();
    const expected: unknown[] = [];
    const actual: unknown[] = [];
    for (const [name, caller, roles] of actors)
      for (const action of actions) {
        await fixture.sql('update jobs set status = $2 where id = $1', [jobId, status]);
        expected.push([name, action, expectedOutcome({ ...asPublished, status }, action, roles)]);
        actual.push([name, action, await actOnJob(jobId, action, caller)]);
      }
    expect(actual).toEqual(expected);
  });
});

describe.each(conditions)('a %s job', (_, condition) => {
  test.each([[['poster']], [['reviewer']], [['poster', 'reviewer']], [[]]] as [JobActor[]][])(
    'follows its transition table for %j, from every status',
    (roles) => {
      const tried = statuses.flatMap((status) => actions.map((action) => ({ status, action })));
      const outcomes = tried.map(({ status, action }) => decide({ ...aJob, ...condition, status }, action, roles));
      const expected = tried.map(({ status, action }) => {
        const subject = { ...condition, status: effectiveStatus(status, condition.closesAt) };
        const isLate = action === JobAction.SUBMIT && condition.closesAt === past;
        return isLate && findTransition(subject, action, roles)
          ? ['closesAt']
          : expectedOutcome(subject, action, roles);
      });
      expect(outcomes).toEqual(expected);
    },
  );
});

/** Returns the new status according to the table, or the expected error. */
function expectedOutcome(subject: JobSubject, action: JobAction, roles: readonly JobActor[]): unknown {
  const validActions = actions.filter((other) => findTransition(subject, other, roles) !== undefined);
  return findTransition(subject, action, roles)?.to ?? { from: subject.status, action, validActions };
}

function decide(job: Job, action: JobAction, roles: readonly JobActor[]): unknown {
  try {
    return applyJobAction(job, action, roles, { text: null, authorId: job.posterId }).status;
  } catch (error) {
    return toErrorSummary((error as GraphQLError).extensions);
  }
}

async function actOnJob(jobId: string, action: JobAction, caller: UserCaller): Promise<unknown> {
  const { data, errors } = await fixture.request(actOnJobMutation, caller, { input: { jobId, action } });
  return errors[0] ? toErrorSummary(errors[0].extensions) : data.actOnJob.job.status;
}

function toErrorSummary({ fields, from, action, validActions }: Record<string, unknown>): unknown {
  return Array.isArray(fields) ? fields.map(({ path }) => path) : { from, action, validActions };
}

test('no status is final, except ARCHIVED for a job with an accepted proposal', () => {
  const ends = (isFilled: boolean) =>
    statuses.filter((status) => {
      const subject = { status, distribution: Distribution.PUBLIC, closesAt: null, isFilled };
      return actions.every((action) => findTransition(subject, action, ['poster', 'reviewer']) === undefined);
    });
  expect(ends(false)).toEqual([]);
  expect(ends(true)).toEqual(['ARCHIVED']);
});

test('the transition table matches the specification', () => {
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

describe('actions on a job of another poster', () => {
  const stranger = userCaller('HIRING_USER');
  const freelancer = userCaller('FREELANCER');
  const cases: typeof nonUserCallers = [
    ...nonUserCallers,
    ['a freelancer', freelancer, 'FORBIDDEN'],
    ['another hiring user', stranger, 'FORBIDDEN'],
  ];

  test.each(cases)('are rejected for %s on a public job', async (_, caller, code) => {
    const jobId = await fixture.publishJob();
    const answers = [];
    for (const action of actions)
      answers.push(...errorCodes(await fixture.request(actOnJobMutation, caller, { input: { jobId, action } })));
    expect(answers).toEqual(actions.map(() => code));
    const { job } = await fixture.execute('query ($id: ID!) { job(id: $id) { status validActions } }', caller, {
      id: jobId,
    });
    expect(job).toEqual({ status: 'PUBLISHED', validActions: [] });
  });

  test('return NOT_FOUND for a job that the caller may not see, and for an unknown id', async () => {
    const input = { jobId: await fixture.draftJob(), action: 'SUBMIT' };
    expect(errorCodes(await fixture.request(actOnJobMutation, stranger, { input }))).toEqual(['NOT_FOUND']);
    const nothing = { ...input, jobId: 'nothing' };
    expect(errorCodes(await fixture.request(actOnJobMutation, fixture.poster, { input: nothing }))).toEqual([
      'NOT_FOUND',
    ]);
  });
});

test('of several concurrent decisions exactly one succeeds', async () => {
  const jobId = await fixture.draftJob();
  await fixture.execute(actOnJobMutation, fixture.poster, { input: { jobId, action: 'SUBMIT' } });
  const decide = (action: string) => fixture.request(actOnJobMutation, fixture.reviewer, { input: { jobId, action } });
  const answers = await Promise.all([decide('APPROVE'), decide('REJECT'), decide('APPROVE'), decide('REJECT')]);
  expect(answers.flatMap(errorCodes)).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'INVALID_TRANSITION']);
});
