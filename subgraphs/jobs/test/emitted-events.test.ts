import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { changeTopic } from '@marquee/chassis/bus/change-log';
import { createEvent } from '@marquee/chassis/events/domain-event';
import type { Caller } from '@marquee/chassis/identity/caller';
import { catalogue } from '@marquee/events/catalogue';
import { mediaRemoved, mediaUnused } from '@marquee/events/media-events';
import { showDeleted } from '@marquee/events/show-events';
import { userDeleted } from '@marquee/events/user-events';
import { userCaller } from '@marquee/testkit/callers';
import { mediaReactions } from '../src/media/media-reactions.js';
import { releasedMediaStore } from '../src/media/released-media-store.js';
import { peopleReactions } from '../src/people/people-reactions.js';
import { showReactions } from '../src/shows/show-reactions.js';
import { proposalStream, topics } from '../src/topics.js';
import { type Freelancer, type JobFixture, openJobFixture } from './fixtures/job-fixture.js';
import { mediaIds } from './fixtures/jobs-service.js';

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

describe('the events', () => {
  test('of a profile follow its review', async () => {
    const { caller, profileId } = await fixture.addFreelancer('SUBMITTED');
    for (const action of ['REQUEST_CHANGES', 'SUBMIT', 'APPROVE', 'SUSPEND', 'RESTORE'])
      if (action === 'SUBMIT')
        await fixture.sql(`update freelancer_profiles set status = 'SUBMITTED' where id = $1`, [profileId]);
      else await mutate('actOnFreelancerProfile', { profileId, action, note: 'Please.' }, fixture.reviewer);
    const data = { profileId, userId: caller.id };
    expect(await eventsOf(profileId)).toEqual(
      ['ProfileChangesRequested', 'ProfileApproved', 'ProfileSuspended', 'ProfileApproved'].map((type) => ({
        type,
        data,
      })),
    );
  });

  test('of a job follow its review, its invitations and its end', async () => {
    const { caller, profileId } = await fixture.addFreelancer();
    const early = await fixture.addFreelancer();
    const jobId = await fixture.draftJob();
    await mutate('inviteToJob', { jobId, profileIds: [early.profileId] }, fixture.poster);
    await act(jobId, 'SUBMIT', fixture.poster);
    await act(jobId, 'REQUEST_CHANGES', fixture.reviewer);
    await act(jobId, 'SUBMIT', fixture.poster);
    await act(jobId, 'APPROVE', fixture.reviewer);
    await mutate('inviteToJob', { jobId, profileIds: [profileId] }, fixture.poster);
    await mutate('inviteToJob', { jobId, profileIds: [profileId] }, fixture.poster);
    await act(jobId, 'CLOSE', fixture.poster);
    await act(jobId, 'REOPEN', fixture.poster);
    await act(jobId, 'ARCHIVE', fixture.poster);
    const job = { jobId, ownerId: fixture.poster.id };
    const recipientIds = [caller.id, early.caller.id].sort();
    const invitation = { jobId, profileId, freelancerId: caller.id, actorId: fixture.poster.id };
    expect(await eventsOf(jobId)).toEqual([
      { type: 'JobChangesRequested', data: job },
      { type: 'JobApproved', data: { ...job, distribution: 'PUBLIC' } },
      { type: 'JobPublished', data: job },
      { type: 'FreelancerInvited', data: { ...invitation, profileId: early.profileId, freelancerId: early.caller.id } },
      { type: 'FreelancerInvited', data: invitation },
      { type: 'JobClosed', data: { ...job, reason: 'CLOSED', recipientIds } },
      { type: 'JobPublished', data: job },
      { type: 'JobClosed', data: { ...job, reason: 'ARCHIVED', recipientIds } },
    ]);
  });

  test('of a closed job name the freelancers with open proposals in pages', async () => {
    const jobId = await fixture.publishJob();
    await fixture.sql(
      `with added as (
        insert into freelancer_profiles (id, owner_id, slug)
        select gen_random_uuid(), gen_random_uuid(), 'applicant-' || number from generate_series(1, 1100) number
        returning id
      )
      insert into proposals (id, job_id, profile_id, pitch, status) select id, $1, id, 'Ink.', 'SUBMITTED' from added`,
      [jobId],
    );
    await act(jobId, 'CLOSE', fixture.poster);
    const pages = (await eventsOf(jobId)).filter(({ type }) => /Closed$/.test(type));
    const recipients = pages.map(({ data }) => (data as { recipientIds: string[] }).recipientIds);
    expect(pages.map(({ type }) => type)).toEqual(['JobClosed', 'InvitationsClosed', 'InvitationsClosed']);
    expect(recipients.map(({ length }) => length)).toEqual([500, 500, 100]);
    expect(new Set(recipients.flat()).size).toBe(1_100);
  });

  test('of proposals report the decision for each, also for those that an acceptance declines', async () => {
    const jobId = await fixture.publishJob();
    const [winner, other] = [await fixture.addFreelancer(), await fixture.addFreelancer()];
    await mutate('inviteToJob', { jobId, profileIds: [other.profileId] }, fixture.poster);
    const [won, lost] = [await propose(winner, jobId), await propose(other, jobId)];
    await mutate('shortlistProposal', { proposalId: won }, fixture.poster);
    await mutate('acceptProposal', { proposalId: won }, fixture.poster);
    const data = { jobId, posterId: fixture.poster.id };
    const winning = { ...data, proposalId: won, freelancerId: winner.caller.id };
    const losing = { ...data, proposalId: lost, freelancerId: other.caller.id };
    expect(await eventsOf(won)).toEqual([
      { type: 'ProposalSubmitted', data: winning },
      { type: 'ProposalShortlisted', data: winning },
      { type: 'ProposalDecided', data: { ...winning, decision: 'ACCEPTED' } },
    ]);
    expect(await eventsOf(lost)).toEqual([
      { type: 'ProposalSubmitted', data: losing },
      { type: 'ProposalDecided', data: { ...losing, decision: 'DECLINED' } },
    ]);
    expect((await eventsOf(jobId)).at(-1)).toMatchObject({
      type: 'JobClosed',
      data: { reason: 'FILLED', recipientIds: [] },
    });
  });

  test('of media name each use, until it ends', async () => {
    const { caller, profileId } = await fixture.addFreelancer('DRAFT');
    const [image, resume] = [mediaIds.make(caller.id, 'PORTFOLIO'), mediaIds.make(caller.id, 'PORTFOLIO')];
    const { asset } = await mutate(
      'addPortfolioAsset',
      { title: 'One', type: 'IMAGE', mediaId: image },
      caller,
      'asset { id }',
    );
    await mutate('saveFreelancerProfile', { resumeId: resume }, caller);
    await mutate('saveFreelancerProfile', { resumeId: null }, caller);
    await mutate('removePortfolioAsset', { assetId: asset.id }, caller);
    const use = { mediaId: image, place: 'PORTFOLIO_ASSET', holderId: asset.id };
    expect(await eventsOf(image)).toEqual([
      { type: 'MediaAttached', data: use },
      { type: 'MediaDetached', data: use },
    ]);
    const data = { mediaId: resume, place: 'PROFILE_RESUME', holderId: profileId };
    expect(await eventsOf(resume)).toEqual([
      { type: 'MediaAttached', data },
      { type: 'MediaDetached', data },
    ]);
  });

  test('of media that are said to be unused report their uses again, or release them for good', async () => {
    const { caller, profileId } = await fixture.addFreelancer('DRAFT');
    const [used, ended] = [mediaIds.make(caller.id, 'PORTFOLIO'), mediaIds.make(caller.id, 'PORTFOLIO')];
    for (const resumeId of [ended, used]) await mutate('saveFreelancerProfile', { resumeId }, caller);
    const { asset } = await mutate(
      'addPortfolioAsset',
      { title: 'One', type: 'IMAGE', mediaId: used },
      caller,
      'asset { id }',
    );
    for (const mediaId of [used, ended])
      await applyEvent(mediaReactions(), createEvent(mediaUnused, { subject: mediaId, data: { mediaId } }));
    const place = (name: string, holderId: string) => ({
      type: 'MediaAttached',
      data: { mediaId: used, place: name, holderId },
    });
    expect((await eventsOf(used)).slice(2)).toEqual(
      expect.arrayContaining([place('PROFILE_RESUME', profileId), place('PORTFOLIO_ASSET', asset.id)]),
    );
    expect((await eventsOf(ended)).slice(2)).toEqual([{ type: 'MediaReleased', data: { mediaId: ended } }]);
    await expect(mutate('saveFreelancerProfile', { resumeId: ended }, caller)).rejects.toThrow('NOT_FOUND');
    const attach = 'update freelancer_profiles set avatar_id = $1 where id = $2';
    await expect(fixture.sql(attach, [ended, profileId])).rejects.toThrow('The media are being removed.');
  });

  test('of released media that were removed end their refusal a month later', async () => {
    const store = releasedMediaStore(fixture.source);
    const { id } = (await fixture.addFreelancer('DRAFT')).caller;
    const [removed, waiting] = [mediaIds.make(id, 'PORTFOLIO'), mediaIds.make(id, 'PORTFOLIO')];
    for (const mediaId of [removed, waiting])
      await applyEvent(mediaReactions(), createEvent(mediaUnused, { subject: mediaId, data: { mediaId } }));
    const age = `update released_media set released_at = released_at - interval '31 days',
      removed_at = removed_at - interval '31 days' where media_id = any($1)`;
    const refused = async () => {
      await fixture.sql(age, [[removed, waiting]]);
      await store.removeOld();
      return [await store.includes(removed), await store.includes(waiting)];
    };
    expect(await refused()).toEqual([true, true]);
    const removal = createEvent(mediaRemoved, { subject: removed, data: { mediaId: removed } });
    await applyEvent(mediaReactions(), removal);
    await store.removeOld();
    expect(await store.includes(removed)).toBe(true);
    expect(await refused()).toEqual([false, true]);
  });

  test('of a deleted person report the end of their jobs and of the uses of their media', async () => {
    const poster = userCaller('HIRING_USER');
    const attachment = mediaIds.make(poster.id, 'JOB_ATTACHMENT');
    const jobId = await fixture.publishJob({ attachmentIds: [attachment] }, poster);
    const proposal = await propose(await fixture.addFreelancer(), jobId);
    await applyEvent(peopleReactions(createProcessBus()), createEvent(userDeleted, of(poster.id)));
    expect((await eventsOf(jobId)).at(-1)).toMatchObject({ type: 'JobClosed', data: { reason: 'POSTER_LEFT' } });
    expect((await eventsOf(proposal)).at(-1)).toMatchObject({ data: { decision: 'DECLINED' } });
    expect((await eventsOf(attachment)).map(({ type }) => type)).toEqual(['MediaAttached', 'MediaDetached']);
  });

  test('of a deleted person decline the proposals for jobs that were closed before', async () => {
    const poster = userCaller('HIRING_USER');
    const jobId = await fixture.publishJob({}, poster);
    const proposal = await propose(await fixture.addFreelancer(), jobId);
    await act(jobId, 'CLOSE', poster);
    await applyEvent(peopleReactions(createProcessBus()), createEvent(userDeleted, of(poster.id)));
    expect((await eventsOf(proposal)).at(-1)).toMatchObject({
      type: 'ProposalDecided',
      data: { decision: 'DECLINED' },
    });
    expect((await eventsOf(jobId)).filter(({ type }) => type === 'JobClosed')).toHaveLength(1);
  });

  test('of a deleted person report the number of erased items', async () => {
    const freelancer = await fixture.addFreelancer();
    const { id } = freelancer.caller;
    await propose(freelancer, await fixture.publishJob());
    await mutate('addFeedback', { profileId: freelancer.profileId, body: 'On time.' }, fixture.poster);
    await applyEvent(peopleReactions(createProcessBus()), createEvent(userDeleted, of(id)));
    const counts = { freelancerProfiles: 1, proposals: 1, feedback: 1, jobs: 0, folders: 0 };
    expect(await eventsOf(id)).toEqual([
      { type: 'WorkErased', data: { userId: id, counts: expect.objectContaining(counts) } },
    ]);
  });

  test('have the form of the catalogue', async () => {
    const rows = await fixture.sql('select distinct on (type) type, version, data from event_outbox');
    for (const { type, version, data } of rows)
      expect(catalogue.find((event) => event.type === type && event.version === version)?.data.parse(data)).toEqual(
        data,
      );
    expect(rows.length).toBeGreaterThan(10);
  });
});

test('the subscribers of proposals are notified when the freelancer is deleted', async () => {
  const bus = createProcessBus();
  const jobId = await fixture.publishJob();
  const freelancer = await fixture.addFreelancer();
  await propose(freelancer, jobId);
  const notifications = bus.subscribe(changeTopic(proposalStream(jobId)), AbortSignal.timeout(60_000));
  const notified = notifications[Symbol.asyncIterator]().next();
  await applyEvent(peopleReactions(bus), createEvent(userDeleted, of(freelancer.caller.id)));
  expect(await notified).toMatchObject({ done: false });
  await bus.close();
});

test('the subscribers of the review queue are notified once of all jobs of a deleted poster', async () => {
  const bus = createProcessBus();
  const poster = userCaller('HIRING_USER');
  const jobs = [await fixture.publishJob({}, poster), await fixture.publishJob({}, poster)];
  const published: string[] = [];
  const { publish } = bus;
  bus.publish = (topic, message) => {
    published.push(topic);
    publish(topic, message);
  };
  await applyEvent(peopleReactions(bus), createEvent(userDeleted, of(poster.id)));
  const expected = [topics.reviewQueueChanged, ...jobs.map((id) => changeTopic(proposalStream(id)))];
  expect(published.sort()).toEqual(expected.sort());
  await bus.close();
});

test('the deletion of a show ends earlier references, and not those to a later show with its slug', async () => {
  const slug = 'show/phoenix';
  const deletion = createEvent(showDeleted, { subject: slug, data: { slug } });
  const later = await fixture.publishJob({ showSlug: slug });
  const [earlier, other] = [
    await fixture.publishJob({ showSlug: slug }),
    await fixture.publishJob({ showSlug: 'show/x' }),
  ];
  await fixture.sql(`update jobs set show_referenced_at = show_referenced_at - interval '1 day' where id = $1`, [
    earlier,
  ]);
  await applyEvent(showReactions(), deletion);
  const rows = await fixture.sql('select id, show_slug from jobs where id = any($1)', [[later, earlier, other]]);
  const slugOf = new Map(rows.map((row) => [row.id, row.show_slug]));
  expect([later, earlier, other].map((id) => slugOf.get(id))).toEqual([slug, null, 'show/x']);
});

async function applyEvent(
  reactions: ReturnType<typeof peopleReactions>,
  event: ReturnType<typeof createEvent>,
): Promise<void> {
  const reaction = reactions.find(({ definition }) => definition.type === event.type);
  const afterCommit = await fixture.source.transaction(async (manager) => reaction?.apply(event, manager));
  await afterCommit?.();
}

function of(userId: string) {
  return { subject: userId, data: { userId } };
}

async function propose({ caller }: Freelancer, jobId: string): Promise<string> {
  const { proposal } = await mutate('saveProposal', { jobId, pitch: 'Words.' }, caller, 'proposal { id }');
  await mutate('submitProposal', { proposalId: proposal.id }, caller);
  return proposal.id;
}

function act(jobId: string, action: string, caller: Caller) {
  return mutate('actOnJob', { jobId, action, note: 'Please.' }, caller);
}

async function mutate(name: string, input: object, caller: Caller, selection = '__typename') {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const data = await fixture.execute(`mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`, caller, {
    input,
  });
  return data[name];
}

function eventsOf(subject: string): Promise<{ type: string; data: object }[]> {
  return fixture.sql('select type, data from event_outbox where subject = $1 order by position', [subject]);
}
