import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import {
  actOnJobMutation,
  codes,
  draftJobMutation,
  openWorld,
  outsiders,
  type World,
} from '../fixtures/job-fixture.js';

const updateJobMutation = `mutation ($input: UpdateJobInput!) { updateJob(input: $input) { job {
  id title summary likes closesAt status distribution compTitles audiences { slug } attachments { id } show { slug } } } }`;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

function drafted(input: object, caller = world.poster) {
  const values = { title: 'A cover', projectTypeId: world.projectType, ...input };
  return world.request(draftJobMutation, caller, { input: values });
}

function updated(input: object, caller = world.poster) {
  return world.request(updateJobMutation, caller, { input });
}

async function act(jobId: string, action: string, note?: string, caller = world.poster) {
  return (await world.get(actOnJobMutation, caller, { input: { jobId, action, note } })).actOnJob.job;
}

function inHours(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

function paths({ errors }: Awaited<ReturnType<typeof drafted>>): unknown {
  return (errors[0]?.extensions['fields'] as { path: string }[] | undefined)?.map(({ path }) => path);
}

describe('drafting a job', () => {
  test.each(['HIRING_USER', 'REVIEWER', 'ADMIN'] as const)('is for a %s', async (role) => {
    const caller = userCaller(role);
    const { data } = await drafted({}, caller);
    expect(data.draftJob.job).toMatchObject({ poster: { id: caller.id }, status: 'DRAFT', distribution: 'PUBLIC' });
  });

  test.each([...outsiders, ['a freelancer', userCaller('FREELANCER'), 'FORBIDDEN'] as const])(
    'is refused to %s',
    async (_, caller, code) => {
      const input = { title: 'A cover', projectTypeId: world.projectType };
      expect(codes(await world.request(draftJobMutation, caller, { input }))).toEqual([code]);
    },
  );

  test('keeps everything that it is told, trimmed', async () => {
    const attachment = mediaIds.make(world.poster.id, 'JOB_ATTACHMENT');
    const closesAt = inHours(48);
    const { data } = await drafted({
      title: '  The night train ',
      companyOrAuthor: 'Small Press',
      showSlug: 'show/the-taste',
      summary: 'A cover in two colours.',
      compTitles: ['One', 'Two'],
      audienceIds: [world.audience],
      genreIds: [world.genre, world.genre],
      attachmentIds: [attachment],
      distribution: 'PRIVATE_OUTREACH',
      closesAt,
    });
    expect(data.draftJob.job).toMatchObject({
      title: 'The night train',
      companyOrAuthor: 'Small Press',
      show: { slug: 'show/the-taste' },
      summary: 'A cover in two colours.',
      compTitles: ['One', 'Two'],
      projectType: { id: world.projectType },
      audiences: [{ slug: 'adults' }],
      genres: [{ slug: 'noir' }],
      attachments: [{ id: attachment }],
      distribution: 'PRIVATE_OUTREACH',
      closesAt,
      publishedAt: null,
      validActions: ['SUBMIT', 'ARCHIVE'],
    });
  });

  test('names everything that is wrong at once', async () => {
    const answer = await drafted({
      title: ' ',
      projectTypeId: world.genre,
      companyOrAuthor: 'x'.repeat(151),
      showSlug: 'the-taste',
      summary: 'x'.repeat(2001),
      creativeDirection: 'x'.repeat(5001),
      compTitles: Array.from({ length: 21 }, () => 'x'),
      likes: 'x'.repeat(2001),
      dislikes: 'x'.repeat(2001),
      audienceIds: [world.genre, 'nothing'],
      genreIds: [randomUUID()],
      budget: 'x'.repeat(201),
      timeline: 'x'.repeat(201),
      attachmentIds: ['nothing'],
      closesAt: inHours(-1),
    });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(paths(answer)).toEqual([
      'input.title',
      'input.projectTypeId',
      'input.companyOrAuthor',
      'input.showSlug',
      'input.summary',
      'input.creativeDirection',
      'input.compTitles',
      'input.likes',
      'input.dislikes',
      'input.audienceIds.0',
      'input.audienceIds.1',
      'input.genreIds.0',
      'input.budget',
      'input.timeline',
      'input.attachmentIds.0',
      'input.closesAt',
    ]);
  });

  test('counts characters as people see them', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect(codes(await drafted({ title: family.repeat(150) }))).toEqual([]);
    expect(paths(await drafted({ title: family.repeat(151) }))).toEqual(['input.title']);
  });

  test('takes no term that is not offered any more', async () => {
    const gone = await world.term('AUDIENCE', 'nobody', false);
    expect(paths(await drafted({ audienceIds: [gone] }))).toEqual(['input.audienceIds.0']);
  });

  test("takes nobody else's media, and none that was uploaded for something else", async () => {
    const foreign = mediaIds.make(userCaller().id, 'JOB_ATTACHMENT');
    const avatar = mediaIds.make(world.poster.id, 'AVATAR');
    expect(codes(await drafted({ attachmentIds: [foreign] }))).toEqual(['NOT_FOUND']);
    expect(codes(await drafted({ attachmentIds: [avatar] }))).toEqual(['NOT_FOUND']);
  });
});

describe('updating a job', () => {
  test('changes what is given and clears what is null', async () => {
    const jobId = await world.draft({
      likes: 'Red',
      compTitles: ['One'],
      audienceIds: [world.audience],
      closesAt: inHours(1),
    });
    const { data } = await updated({
      jobId,
      title: 'Another',
      likes: null,
      compTitles: null,
      closesAt: null,
      summary: null,
    });
    expect(data.updateJob.job).toMatchObject({
      title: 'Another',
      summary: '',
      likes: null,
      compTitles: [],
      closesAt: null,
      audiences: [{ slug: 'adults' }],
    });
  });

  test('cannot clear what a job must have', async () => {
    const jobId = await world.draft();
    const answer = await updated({ jobId, title: null, projectTypeId: null, distribution: null });
    expect(paths(answer)).toEqual(['input.title', 'input.projectTypeId', 'input.distribution']);
  });

  test('lets terms and media stay that could not be chosen now', async () => {
    const term = await world.term('AUDIENCE', 'passing');
    const attachment = mediaIds.make(world.poster.id, 'JOB_ATTACHMENT');
    const jobId = await world.draft({ audienceIds: [term], attachmentIds: [attachment] });
    await world.sql('update taxonomy_terms set is_active = false where id = $1', [term]);
    const { data } = await updated({ jobId, audienceIds: [term, world.audience], attachmentIds: [attachment] });
    expect(data.updateJob.job).toMatchObject({
      audiences: [{ slug: 'passing' }, { slug: 'adults' }],
      attachments: [{ id: attachment }],
    });
  });

  test('is for its poster alone', async () => {
    const jobId = await world.publish();
    expect(codes(await updated({ jobId, closesAt: inHours(1) }, userCaller('HIRING_USER')))).toEqual(['FORBIDDEN']);
    expect(codes(await updated({ jobId, closesAt: inHours(1) }, world.reviewer))).toEqual(['FORBIDDEN']);
    expect(codes(await updated({ jobId, closesAt: inHours(1) }, userCaller('FREELANCER')))).toEqual(['FORBIDDEN']);
    const draft = await world.draft();
    expect(codes(await updated({ jobId: draft }, userCaller('HIRING_USER')))).toEqual(['NOT_FOUND']);
    const input = { jobId, closesAt: inHours(1) };
    for (const [, caller, code] of outsiders)
      expect(codes(await world.request(updateJobMutation, caller, { input }))).toEqual([code]);
  });

  test('leaves what was reviewed, but for the time that it closes at', async () => {
    const jobId = await world.publish();
    const answer = await updated({ jobId, title: 'Another' });
    expect(codes(answer)).toEqual(['CONFLICT']);
    expect(answer.errors[0]?.message).toBe('The job "A cover" is PUBLISHED: only closesAt can change.');
    const closesAt = inHours(2);
    expect((await updated({ jobId, closesAt })).data.updateJob.job).toMatchObject({ closesAt, status: 'PUBLISHED' });
  });

  test('prolongs a job whose time was over', async () => {
    const jobId = await world.publish();
    await world.sql(`update jobs set closes_at = now() - interval '1 hour' where id = $1`, [jobId]);
    const { data } = await updated({ jobId, closesAt: inHours(2) });
    expect(data.updateJob.job).toMatchObject({ status: 'PUBLISHED' });
  });

  test.each(['QUEUED_FOR_REVIEW', 'REJECTED', 'ARCHIVED'])('changes nothing of one that is %s', async (status) => {
    const jobId = await world.draft();
    await world.sql('update jobs set status = $2 where id = $1', [jobId, status]);
    expect(codes(await updated({ jobId, closesAt: inHours(1) }))).toEqual(['CONFLICT']);
  });

  test('never prolongs a job that was filled', async () => {
    const jobId = await world.publish();
    await world.sql(`update jobs set is_filled = true, status = 'CLOSED' where id = $1`, [jobId]);
    expect(codes(await updated({ jobId, closesAt: inHours(1) }))).toEqual(['CONFLICT']);
  });
});

describe('acting on a job', () => {
  test('needs a summary and a time ahead to submit it, and names both', async () => {
    const jobId = await world.draft({ summary: null });
    await world.sql(`update jobs set closes_at = now() - interval '1 hour' where id = $1`, [jobId]);
    const answer = await world.request(actOnJobMutation, world.poster, { input: { jobId, action: 'SUBMIT' } });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(paths(answer)).toEqual(['summary', 'closesAt']);
  });

  test('keeps the last note, which the poster and reviewers read', async () => {
    const jobId = await world.draft();
    await act(jobId, 'SUBMIT', 'First try.');
    await act(jobId, 'REQUEST_CHANGES', 'Say more about the format.', world.reviewer);
    expect(await act(jobId, 'SUBMIT')).toMatchObject({ reviewNotes: 'Say more about the format.' });
    await act(jobId, 'APPROVE', undefined, world.reviewer);
    const query = 'query ($id: ID!) { job(id: $id) { reviewNotes } }';
    const notes = (caller: typeof world.poster) => world.get(query, caller, { id: jobId });
    expect(await notes(world.poster)).toEqual({ job: { reviewNotes: 'Say more about the format.' } });
    expect(await notes(userCaller('ADMIN'))).toEqual({ job: { reviewNotes: 'Say more about the format.' } });
    expect(await notes(userCaller('HIRING_USER'))).toEqual({ job: { reviewNotes: null } });
    expect(await notes(userCaller('FREELANCER'))).toEqual({ job: { reviewNotes: null } });
  });

  test('takes notes of up to 2000 characters', async () => {
    const input = { jobId: await world.draft(), action: 'SUBMIT', note: 'x'.repeat(2001) };
    expect(paths(await world.request(actOnJobMutation, world.poster, { input }))).toEqual(['input.note']);
  });

  test('publishes by distribution, and keeps a job that was made private so', async () => {
    const open = await world.draft();
    const closed = await world.draft({ distribution: 'PRIVATE_OUTREACH' });
    for (const jobId of [open, closed]) await act(jobId, 'SUBMIT');
    expect(await act(open, 'APPROVE', undefined, world.reviewer)).toMatchObject({ status: 'PUBLISHED' });
    expect(await act(closed, 'APPROVE', undefined, world.reviewer)).toMatchObject({ status: 'PRIVATE_OUTREACH' });
    expect(await act(open, 'MAKE_PRIVATE', undefined, world.reviewer)).toMatchObject({ status: 'PRIVATE_OUTREACH' });
    await act(open, 'CLOSE');
    expect(await act(open, 'REOPEN')).toMatchObject({ status: 'PRIVATE_OUTREACH', distribution: 'PRIVATE_OUTREACH' });
  });

  test('says when a job was published, and forgets it when it becomes a draft again', async () => {
    const jobId = await world.publish();
    expect(Date.parse((await act(jobId, 'CLOSE')).publishedAt)).toBeGreaterThan(Date.now() - 60_000);
    await act(jobId, 'ARCHIVE');
    expect(await act(jobId, 'REOPEN')).toMatchObject({ status: 'DRAFT', publishedAt: null });
  });
});
