import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { userDeactivated } from '@marquee/events/user-events';
import type { Caller } from '@marquee/chassis/identity/caller';
import { openLog } from '@marquee/chassis/telemetry/log';
import { userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { closeStatement, jobClosingStore } from '../../src/jobs/job-closing-store.js';
import { startJobClosing } from '../../src/jobs/job-closing.js';
import { peopleReactions } from '../../src/people/people-reactions.js';
import { topics } from '../../src/topics.js';
import { actOnJobMutation, type Freelancer, type JobFixture, openJobFixture } from '../fixtures/job-fixture.js';

const hourMs = 3_600_000;

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture({ JOB_CLOSING_SECONDS: '300' });
});
afterAll(() => fixture.close());

describe('a job whose closesAt has passed', () => {
  test('reads the same before and after its closing is stored', async () => {
    const { caller, profileId } = await fixture.addFreelancer();
    const jobId = await fixture.publishJob();
    await mutate('inviteToJob', { jobId, profileIds: [profileId] }, fixture.poster);
    await expire(jobId);
    const views = () => Promise.all([fixture.poster, fixture.reviewer, caller, undefined].map((by) => read(jobId, by)));
    const before = await views();
    expect(await closeExpired()).toEqual([jobId]);
    expect(await views()).toEqual(before);
    expect(before.map((job) => job?.status)).toEqual(['CLOSED', 'CLOSED', 'CLOSED', undefined]);
    expect(await closeExpired()).toEqual([]);
  });

  test('reports its closing to invited freelancers and to those whose proposals stay open', async () => {
    const jobId = await fixture.publishJob();
    const people = await Promise.all(Array.from({ length: 5 }, () => fixture.addFreelancer()));
    const [invited, applicant, shortlisted, withdrawn, drafting] = people as [Freelancer, ...Freelancer[]];
    await mutate(
      'inviteToJob',
      { jobId, profileIds: [invited, applicant!, withdrawn!].map(({ profileId }) => profileId) },
      fixture.poster,
    );
    const proposalIds = [];
    for (const person of [applicant, shortlisted, withdrawn]) proposalIds.push(await propose(person!, jobId));
    await mutate('shortlistProposal', { proposalId: proposalIds[1] }, fixture.poster);
    await mutate('withdrawProposal', { proposalId: proposalIds[2] }, withdrawn!.caller);
    await mutate('saveProposal', { jobId, pitch: 'Later.' }, drafting!.caller);
    await expire(jobId);
    await closeExpired();
    const recipientIds = [invited, applicant!, shortlisted!].map(({ caller }) => caller.id).sort();
    const data = { jobId, ownerId: fixture.poster.id, reason: 'CLOSED', recipientIds };
    expect((await eventsOf(jobId)).filter(({ type }) => type === 'JobClosed')).toEqual([{ type: 'JobClosed', data }]);
    expect(await statusesOf('proposals', proposalIds)).toEqual(['SUBMITTED', 'SHORTLISTED', 'WITHDRAWN']);
    await mutate('acceptProposal', { proposalId: proposalIds[0] }, fixture.poster);
    expect(await statusesOf('proposals', proposalIds)).toEqual(['ACCEPTED', 'DECLINED', 'WITHDRAWN']);
  });

  test('opens again by a later closesAt, without an event if its closing was not stored', async () => {
    const [early, late] = [await fixture.publishJob(), await fixture.publishJob({ distribution: 'PRIVATE_OUTREACH' })];
    await expire(early);
    const closesAt = new Date(Date.now() + hourMs).toISOString();
    expect(await update(early, { closesAt })).toBe('PUBLISHED');
    expect(await closeExpired()).toEqual([]);
    expect(await typesOf(early)).toEqual(['JobApproved', 'JobPublished']);
    await expire(early);
    await expire(late);
    expect((await closeExpired()).sort()).toEqual([early, late].sort());
    expect(await update(early, { closesAt })).toBe('PUBLISHED');
    expect(await update(late, { closesAt: null })).toBe('PRIVATE_OUTREACH');
    expect(await typesOf(early)).toEqual(['JobApproved', 'JobPublished', 'JobClosed', 'JobPublished']);
    const logged = `select 1 from change_log where stream = 'published jobs' and subject = $1`;
    expect(await fixture.sql(logged, [early])).toHaveLength(2);
  });

  test('stays CLOSED at a later closesAt if its poster has closed it', async () => {
    const jobId = await fixture.publishJob();
    const closesAt = new Date(Date.now() + hourMs).toISOString();
    await expire(jobId);
    await closeExpired();
    await update(jobId, { closesAt });
    await fixture.execute(actOnJobMutation, fixture.poster, { input: { jobId, action: 'CLOSE' } });
    await expire(jobId);
    expect(await closeExpired()).toEqual([]);
    expect(await update(jobId, { closesAt })).toBe('CLOSED');
  });

  test('stays CLOSED at a later closesAt if an earlier build has opened it again, and its poster closed it', async () => {
    const jobId = await fixture.publishJob();
    await expire(jobId);
    await closeExpired();
    for (const status of ['PUBLISHED', 'CLOSED'])
      await fixture.sql('update jobs set status = $2 where id = $1', [jobId, status]);
    expect(await update(jobId, { closesAt: new Date(Date.now() + hourMs).toISOString() })).toBe('CLOSED');
  });

  test('is not closed unless it was open', async () => {
    const statuses = ['DRAFT', 'QUEUED_FOR_REVIEW', 'CHANGES_REQUESTED', 'REJECTED', 'ARCHIVED'];
    const ids = await Promise.all(statuses.map(() => fixture.draftJob()));
    for (const [index, id] of ids.entries()) {
      await fixture.sql('update jobs set status = $2 where id = $1', [id, statuses[index]]);
      await expire(id);
    }
    expect(await closeExpired()).toEqual([]);
    expect(await statusesOf('jobs', ids)).toEqual(statuses);
  });

  test('of a deactivated poster reports its closing only to those who see it', async () => {
    const poster = userCaller('HIRING_USER');
    const [invited, applicant] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
    const jobId = await fixture.publishJob({}, poster);
    await mutate('inviteToJob', { jobId, profileIds: [invited.profileId] }, poster);
    await propose(applicant, jobId);
    await deactivate(poster.id);
    await expire(jobId);
    expect(await closeExpired()).toEqual([jobId]);
    expect((await eventsOf(jobId)).at(-1)).toMatchObject({ data: { recipientIds: [applicant.caller.id] } });
    expect((await read(jobId, applicant.caller))?.status).toBe('CLOSED');
    expect(await read(jobId, invited.caller)).toBeNull();
  });

  test('is left to a later run while another transaction changes it', async () => {
    const [held, free] = [await fixture.publishJob(), await fixture.publishJob()];
    await expire(held);
    await expire(free);
    const holder = fixture.source.createQueryRunner();
    await holder.startTransaction();
    await holder.query('select 1 from jobs where id = $1 for no key update', [held]);
    expect(await closeExpired()).toEqual([free]);
    await holder.rollbackTransaction();
    await holder.release();
    expect(await closeExpired()).toEqual([held]);
  });
});

describe('replicas that close jobs', () => {
  let replicas: TestService[];
  beforeAll(async () => {
    const variables = { JOB_CLOSING_SECONDS: '0.1' };
    replicas = await Promise.all([fixture.startReplica(variables), fixture.startReplica(variables)]);
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.close())));

  test('close each one once', async () => {
    const first = await fixture.publishJob();
    const ids = await fixture.sql(
      `insert into jobs (id, poster_id, title, project_type_id, summary, status, published_at)
        select gen_random_uuid(), poster_id, title, project_type_id, summary, status, published_at
        from jobs, generate_series(1, 70) where id = $1 returning id`,
      [first],
    );
    const all = [first, ...ids.map(({ id }) => id)];
    await fixture.sql(`update jobs set closes_at = now() - interval '1 second' where id = any($1)`, [all]);
    await until(async () => (await statusesOf('jobs', all)).every((status) => status === 'CLOSED'));
    const closed = `select subject from event_outbox where type = 'JobClosed' and subject = any($1)`;
    expect((await fixture.sql(closed, [all])).map(({ subject }) => subject).sort()).toEqual([...all].sort());
  });

  test('are not kept from it by a job that cannot be closed', async () => {
    const [broken, fine] = [await fixture.publishJob({ title: 'Broken' }), await fixture.publishJob()];
    await fixture.sql(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'This job cannot be closed.'; end $$`);
    await fixture.sql(`create trigger refused before update on jobs for each row
      when (new.status = 'CLOSED' and new.title = 'Broken') execute function refuse()`);
    await expire(broken);
    await expire(fine);
    await until(async () => (await statusesOf('jobs', [fine]))[0] === 'CLOSED');
    expect(await statusesOf('jobs', [broken])).toEqual(['PUBLISHED']);
    await fixture.sql('drop trigger refused on jobs');
    await until(async () => (await statusesOf('jobs', [broken]))[0] === 'CLOSED');
    expect((await typesOf(broken)).filter((type) => type === 'JobClosed')).toHaveLength(1);
  });
});

test('jobs to close are found by their index', async () => {
  const jobId = await fixture.publishJob();
  await fixture.sql(
    `insert into jobs (id, poster_id, title, project_type_id, summary, status, closes_at)
      select gen_random_uuid(), poster_id, title, project_type_id, summary, 'CLOSED', now() - interval '1 day'
      from jobs, generate_series(1, 3000) where id = $1`,
    [jobId],
  );
  await fixture.sql('analyze jobs');
  const plan = await fixture.sql(`explain ${closeStatement.replace('$1', '20').replaceAll('$2', 'null')}`);
  const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(lines).toContain('jobs_by_closing_time');
  expect(lines).not.toContain('Seq Scan on jobs');
});

test('the subscribers of the review queue are notified of a job that closes', async () => {
  const jobId = await fixture.publishJob();
  await expire(jobId);
  const bus = createProcessBus();
  const notifications = bus.subscribe(topics.reviewQueueChanged, AbortSignal.timeout(60_000));
  const next = notifications[Symbol.asyncIterator]().next();
  const settings = { JOB_CLOSING_SECONDS: 300 };
  const closing = startJobClosing({
    jobs: jobClosingStore(fixture.source),
    bus,
    log: openLog('jobs', 'test', 'silent'),
    settings,
  });
  expect(await next).toMatchObject({ value: { kind: 'JOB', id: jobId } });
  await closing.close();
});

/** Returns the ids of the closed jobs. */
async function closeExpired(): Promise<string[]> {
  return (await jobClosingStore(fixture.source).closeExpired(20)).map(({ id }) => id);
}

async function expire(jobId: string): Promise<void> {
  await fixture.sql(`update jobs set closes_at = now() - interval '1 second' where id = $1`, [jobId]);
}

async function update(jobId: string, changes: object): Promise<string> {
  return (await mutate('updateJob', { jobId, ...changes }, fixture.poster, 'job { status }')).job.status;
}

async function read(id: string, caller?: Caller) {
  const document = 'query ($id: ID!) { job(id: $id) { status validActions proposalCount invited { id } } }';
  return (await fixture.execute(document, caller, { id })).job as { status: string } | null;
}

async function propose({ caller }: Freelancer, jobId: string): Promise<string> {
  const { proposal } = await mutate('saveProposal', { jobId, pitch: 'Ink.' }, caller, 'proposal { id }');
  await mutate('submitProposal', { proposalId: proposal.id }, caller);
  return proposal.id;
}

async function mutate(name: string, input: object, caller: Caller, fields = '__typename') {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} } }`;
  return (await fixture.execute(document, caller, { input }))[name];
}

async function deactivate(userId: string): Promise<void> {
  const reaction = peopleReactions(createProcessBus()).find(({ definition }) => definition === userDeactivated);
  const { source, type, version } = userDeactivated;
  const time = new Date().toISOString();
  const event = { id: randomUUID(), source, type, version, subject: userId, time, data: { userId } };
  await fixture.source.transaction(async (manager) => reaction?.apply(event, manager));
}

/** In the order of the ids. */
async function statusesOf(table: 'jobs' | 'proposals', ids: readonly unknown[]): Promise<string[]> {
  const statement = `select status from ${table} where id = any($1) order by array_position(cast($1 as uuid[]), id)`;
  return (await fixture.sql(statement, [ids])).map(({ status }) => status);
}

function eventsOf(subject: string): Promise<{ type: string; data: object }[]> {
  return fixture.sql('select type, data from event_outbox where subject = $1 order by position', [subject]);
}

async function typesOf(subject: string): Promise<string[]> {
  return (await eventsOf(subject)).map(({ type }) => type);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not hold within 60 seconds');
    await wait(50);
  }
}
