import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { userDeactivated, userDeleted, userReactivated, userRoleChanged } from '@marquee/events/user-events';
import { userCaller } from '@marquee/testkit/callers';
import { peopleReactions } from '../../src/people/people-reactions.js';
import { actOnJobMutation, errorCodes, openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';

const reactions = peopleReactions(createProcessBus());
const noon = Date.parse('2026-01-01T12:00:00.000Z');

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

describe('a change of a person that comes late', () => {
  test('does not hide a person who was activated again', async () => {
    const { caller } = await fixture.addFreelancer();
    await apply(userReactivated, caller.id, 2);
    await apply(userDeactivated, caller.id, 1);
    expect(await isShown(caller.id)).toBe(true);
    await apply(userDeactivated, caller.id, 3);
    expect(await isShown(caller.id)).toBe(false);
  });

  test('does not show a deleted person', async () => {
    const { caller } = await fixture.addFreelancer();
    await apply(userDeactivated, caller.id, 1);
    await apply(userDeleted, caller.id, 3);
    await apply(userReactivated, caller.id, 2);
    expect(await isShown(caller.id)).toBe(false);
  });

  test('does not close the jobs of a person who may post jobs again', async () => {
    const poster = userCaller('HIRING_USER');
    const jobId = await fixture.publishJob({}, poster);
    await apply(userRoleChanged, poster.id, 2, { role: 'HIRING_USER', previousRole: 'FREELANCER' });
    await apply(userRoleChanged, poster.id, 1, { role: 'FREELANCER', previousRole: 'HIRING_USER' });
    expect(await fixture.sql('select status from jobs where id = $1', [jobId])).toEqual([{ status: 'PUBLISHED' }]);
  });
});

test('a poster who became a freelancer opens no job, also if the gateway does not know it yet', async () => {
  const poster = userCaller('HIRING_USER');
  const jobId = await fixture.publishJob({}, poster);
  const draftId = await fixture.draftJob({}, poster);
  await apply(userRoleChanged, poster.id, 1, { role: 'FREELANCER', previousRole: 'HIRING_USER' });
  const writes = [
    write(poster, 'actOnJob', { jobId, action: 'REOPEN' }),
    write(poster, 'updateJob', { jobId, closesAt: null }),
    write(poster, 'actOnJob', { jobId: draftId, action: 'SUBMIT' }),
    write(poster, 'draftJob', { title: 'Late', projectTypeId: fixture.projectType }),
  ];
  expect((await Promise.all(writes)).map(errorCodes)).toEqual(writes.map(() => ['FORBIDDEN']));
  const statuses = await fixture.sql('select status from jobs where id = any($1) order by id', [[jobId, draftId]]);
  expect(statuses).toEqual([{ status: 'CLOSED' }, { status: 'DRAFT' }]);
  await apply(userRoleChanged, poster.id, 2, { role: 'HIRING_USER', previousRole: 'FREELANCER' });
  expect(errorCodes(await write(poster, 'actOnJob', { jobId, action: 'REOPEN' }))).toEqual([]);
});

test('a role is outdated once an earlier build, which records none, has applied a later change', async () => {
  const poster = userCaller('HIRING_USER');
  await apply(userRoleChanged, poster.id, 1, { role: 'FREELANCER', previousRole: 'HIRING_USER' });
  const later = `update person_changes set changed_at = changed_at + interval '1 second' where user_id = $1`;
  await fixture.sql(later, [poster.id]);
  expect(await fixture.draftJob({}, poster)).toEqual(expect.any(String));
});

test('a profile whose insertion ends after the deactivation is hidden', async () => {
  const { id } = userCaller('FREELANCER');
  const writer = fixture.source.createQueryRunner();
  await writer.startTransaction();
  await writer.query(`insert into freelancer_profiles (id, owner_id, slug) values ($1, $2, $3)`, [id, id, `f-${id}`]);
  const deactivating = apply(userDeactivated, id, 1);
  await Promise.race([deactivating, wait(500)]);
  await writer.commitTransaction();
  await writer.release();
  await deactivating;
  expect(await isShown(id)).toBe(false);
});

test('the review notes of a deleted reviewer are erased, and those of others remain', async () => {
  const reviewer = userCaller('REVIEWER');
  const review = async (by: typeof reviewer, note: string) => {
    const jobId = await fixture.draftJob();
    await fixture.execute(actOnJobMutation, fixture.poster, { input: { jobId, action: 'SUBMIT' } });
    await fixture.execute(actOnJobMutation, by, { input: { jobId, action: 'REQUEST_CHANGES', note } });
    return jobId;
  };
  const [erased, kept] = [await review(reviewer, 'My words.'), await review(fixture.reviewer, 'Other words.')];
  await apply(userDeleted, reviewer.id, 1);
  const statement = 'select review_notes, review_notes_by from jobs where id = any($1) order by review_notes';
  expect(await fixture.sql(statement, [[erased, kept]])).toEqual([
    { review_notes: 'Other words.', review_notes_by: fixture.reviewer.id },
    { review_notes: null, review_notes_by: null },
  ]);
});

test('the writes of a deleted person are refused', async () => {
  const { caller: freelancer, profileId } = await fixture.addFreelancer();
  const reviewer = userCaller('REVIEWER');
  const { id: newcomerId, ...newcomer } = userCaller('FREELANCER');
  const jobId = await fixture.publishJob();
  const draftId = await fixture.draftJob({}, reviewer);
  for (const id of [freelancer.id, reviewer.id, newcomerId]) await apply(userDeleted, id, 1);
  await fixture.sql(`update freelancer_profiles set status = 'APPROVED' where id = $1`, [profileId]);
  const mark = 'Late words.';
  const job = { title: mark, projectTypeId: fixture.projectType, summary: mark };
  const writes = [
    write(reviewer, 'draftJob', job),
    write(reviewer, 'updateJob', { jobId: draftId, summary: mark }),
    write(reviewer, 'addProfileNote', { profileId, kind: 'GENERAL', body: mark }),
    write(reviewer, 'addFeedback', { profileId, body: mark }),
    write(freelancer, 'saveFreelancerProfile', { name: mark }),
    write({ ...newcomer, id: newcomerId }, 'saveFreelancerProfile', { name: mark }),
    write(freelancer, 'saveProposal', { jobId, pitch: mark }),
    write(freelancer, 'addPortfolioAsset', { title: mark, type: 'LINK', url: 'https://example.com/work' }),
    write(freelancer, 'createFolder', { name: mark, privacy: 'PRIVATE' }),
  ];
  expect((await Promise.all(writes)).map(errorCodes)).toEqual(writes.map(() => ['UNAUTHENTICATED']));
});

/** @param hour the event happened at this hour */
async function apply(definition: EventDefinition, userId: string, hour: number, data: object = {}): Promise<void> {
  const { source, type, version } = definition;
  const time = new Date(noon + hour * 3_600_000).toISOString();
  const event = { id: randomUUID(), source, type, version, subject: userId, time, data: { userId, ...data } };
  const reaction = reactions.find((candidate) => candidate.definition === definition);
  await fixture.source.transaction(async (manager) => reaction?.apply(event, manager));
}

async function isShown(ownerId: string): Promise<boolean> {
  const statement = 'select owner_is_active from freelancer_profiles where owner_id = $1';
  return (await fixture.sql(statement, [ownerId]))[0].owner_is_active;
}

function write(caller: ReturnType<typeof userCaller>, name: string, input: object) {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  return fixture.request(`mutation ($input: ${type}) { ${name}(input: $input) { __typename } }`, caller, { input });
}
