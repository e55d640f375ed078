import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import {
  actOnJobMutation,
  errorCodes,
  draftJobMutation,
  openJobFixture,
  nonUserCallers,
  type JobFixture,
} from '../fixtures/job-fixture.js';

const updateJobMutation = `mutation ($input: UpdateJobInput!) { updateJob(input: $input) { job {
  id title summary likes closesAt status distribution compTitles audiences { slug } attachments { id } show { slug } } } }`;

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

function draft(input: object, caller = fixture.poster) {
  const values = { title: 'A cover', projectTypeId: fixture.projectType, ...input };
  return fixture.request(draftJobMutation, caller, { input: values });
}

function update(input: object, caller = fixture.poster) {
  return fixture.request(updateJobMutation, caller, { input });
}

async function act(jobId: string, action: string, note?: string, caller = fixture.poster) {
  return (await fixture.execute(actOnJobMutation, caller, { input: { jobId, action, note } })).actOnJob.job;
}

function inHours(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

function paths({ errors }: Awaited<ReturnType<typeof draft>>): unknown {
  return (errors[0]?.extensions['fields'] as { path: string }[] | undefined)?.map(({ path }) => path);
}

describe('draftJob', () => {
  test.each(['HIRING_USER', 'REVIEWER', 'ADMIN'] as const)('creates a DRAFT for a %s', async (role) => {
    const caller = userCaller(role);
    const { data } = await draft({}, caller);
    expect(data.draftJob.job).toMatchObject({ poster: { id: caller.id }, status: 'DRAFT', distribution: 'PUBLIC' });
  });

  test.each([...nonUserCallers, ['a freelancer', userCaller('FREELANCER'), 'FORBIDDEN'] as const])(
    'is rejected for %s',
    async (_, caller, code) => {
      const input = { title: 'A cover', projectTypeId: fixture.projectType };
      expect(errorCodes(await fixture.request(draftJobMutation, caller, { input }))).toEqual([code]);
    },
  );

  test('stores every field, trimmed', async () => {
    const attachment = mediaIds.make(fixture.poster.id, 'JOB_ATTACHMENT');
    const closesAt = inHours(48);
    const { data } = await draft({
      title: '  The night train ',
      companyOrAuthor: 'Small Press',
      showSlug: 'show/the-taste',
      summary: 'A cover in two colours.',
      compTitles: ['One', 'Two'],
      audienceIds: [fixture.audience],
      genreIds: [fixture.genre, fixture.genre],
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
      projectType: { id: fixture.projectType },
      audiences: [{ slug: 'adults' }],
      genres: [{ slug: 'noir' }],
      attachments: [{ id: attachment }],
      distribution: 'PRIVATE_OUTREACH',
      closesAt,
      publishedAt: null,
      validActions: ['SUBMIT', 'ARCHIVE'],
    });
  });

  test('reports every invalid field at once', async () => {
    const answer = await draft({
      title: ' ',
      projectTypeId: fixture.genre,
      companyOrAuthor: 'x'.repeat(151),
      showSlug: 'the-taste',
      summary: 'x'.repeat(2001),
      creativeDirection: 'x'.repeat(5001),
      compTitles: Array.from({ length: 21 }, () => 'x'),
      likes: 'x'.repeat(2001),
      dislikes: 'x'.repeat(2001),
      audienceIds: [fixture.genre, 'nothing'],
      genreIds: [randomUUID()],
      budget: 'x'.repeat(201),
      timeline: 'x'.repeat(201),
      attachmentIds: ['nothing'],
      closesAt: inHours(-1),
    });
    expect(errorCodes(answer)).toEqual(['BAD_USER_INPUT']);
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

  test('counts grapheme clusters as characters', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect(errorCodes(await draft({ title: family.repeat(150) }))).toEqual([]);
    expect(paths(await draft({ title: family.repeat(151) }))).toEqual(['input.title']);
  });

  test('rejects an inactive term', async () => {
    const gone = await fixture.addTerm('AUDIENCE', 'nobody', false);
    expect(paths(await draft({ audienceIds: [gone] }))).toEqual(['input.audienceIds.0']);
  });

  test('rejects media of another user or with another purpose', async () => {
    const foreign = mediaIds.make(userCaller().id, 'JOB_ATTACHMENT');
    const avatar = mediaIds.make(fixture.poster.id, 'AVATAR');
    expect(errorCodes(await draft({ attachmentIds: [foreign] }))).toEqual(['NOT_FOUND']);
    expect(errorCodes(await draft({ attachmentIds: [avatar] }))).toEqual(['NOT_FOUND']);
  });
});

describe('updateJob', () => {
  test('changes the given fields and clears those that are null', async () => {
    const jobId = await fixture.draftJob({
      likes: 'Red',
      compTitles: ['One'],
      audienceIds: [fixture.audience],
      closesAt: inHours(1),
    });
    const { data } = await update({
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

  test('rejects null for required fields', async () => {
    const jobId = await fixture.draftJob();
    const answer = await update({ jobId, title: null, projectTypeId: null, distribution: null });
    expect(paths(answer)).toEqual(['input.title', 'input.projectTypeId', 'input.distribution']);
  });

  test('keeps terms and media that could not be added now', async () => {
    const term = await fixture.addTerm('AUDIENCE', 'passing');
    const attachment = mediaIds.make(fixture.poster.id, 'JOB_ATTACHMENT');
    const jobId = await fixture.draftJob({ audienceIds: [term], attachmentIds: [attachment] });
    await fixture.sql('update taxonomy_terms set is_active = false where id = $1', [term]);
    const { data } = await update({ jobId, audienceIds: [term, fixture.audience], attachmentIds: [attachment] });
    expect(data.updateJob.job).toMatchObject({
      audiences: [{ slug: 'passing' }, { slug: 'adults' }],
      attachments: [{ id: attachment }],
    });
  });

  test('is rejected for callers other than the poster', async () => {
    const jobId = await fixture.publishJob();
    expect(errorCodes(await update({ jobId, closesAt: inHours(1) }, userCaller('HIRING_USER')))).toEqual(['FORBIDDEN']);
    expect(errorCodes(await update({ jobId, closesAt: inHours(1) }, fixture.reviewer))).toEqual(['FORBIDDEN']);
    expect(errorCodes(await update({ jobId, closesAt: inHours(1) }, userCaller('FREELANCER')))).toEqual(['FORBIDDEN']);
    const draft = await fixture.draftJob();
    expect(errorCodes(await update({ jobId: draft }, userCaller('HIRING_USER')))).toEqual(['NOT_FOUND']);
    const input = { jobId, closesAt: inHours(1) };
    for (const [, caller, code] of nonUserCallers)
      expect(errorCodes(await fixture.request(updateJobMutation, caller, { input }))).toEqual([code]);
  });

  test('changes only closesAt after the review', async () => {
    const jobId = await fixture.publishJob();
    const answer = await update({ jobId, title: 'Another' });
    expect(errorCodes(answer)).toEqual(['CONFLICT']);
    expect(answer.errors[0]?.message).toBe('The job "A cover" is PUBLISHED: only closesAt can change.');
    const closesAt = inHours(2);
    expect((await update({ jobId, closesAt })).data.updateJob.job).toMatchObject({ closesAt, status: 'PUBLISHED' });
  });

  test('reopens a job whose closesAt has passed by a later closesAt', async () => {
    const jobId = await fixture.publishJob();
    await fixture.sql(`update jobs set closes_at = now() - interval '1 hour' where id = $1`, [jobId]);
    const { data } = await update({ jobId, closesAt: inHours(2) });
    expect(data.updateJob.job).toMatchObject({ status: 'PUBLISHED' });
  });

  test.each(['QUEUED_FOR_REVIEW', 'REJECTED', 'ARCHIVED'])(
    'rejects every change to a job that is %s',
    async (status) => {
      const jobId = await fixture.draftJob();
      await fixture.sql('update jobs set status = $2 where id = $1', [jobId, status]);
      expect(errorCodes(await update({ jobId, closesAt: inHours(1) }))).toEqual(['CONFLICT']);
    },
  );

  test('rejects a later closesAt for a job with an accepted proposal', async () => {
    const jobId = await fixture.publishJob();
    await fixture.sql(`update jobs set is_filled = true, status = 'CLOSED' where id = $1`, [jobId]);
    expect(errorCodes(await update({ jobId, closesAt: inHours(1) }))).toEqual(['CONFLICT']);
  });
});

describe('actOnJob', () => {
  test('requires a summary and a future closesAt for SUBMIT', async () => {
    const jobId = await fixture.draftJob({ summary: null });
    await fixture.sql(`update jobs set closes_at = now() - interval '1 hour' where id = $1`, [jobId]);
    const answer = await fixture.request(actOnJobMutation, fixture.poster, { input: { jobId, action: 'SUBMIT' } });
    expect(errorCodes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(paths(answer)).toEqual(['summary', 'closesAt']);
  });

  test('stores the last note, visible to the poster, reviewers and admins', async () => {
    const jobId = await fixture.draftJob();
    await act(jobId, 'SUBMIT', 'First try.');
    await act(jobId, 'REQUEST_CHANGES', 'Say more about the format.', fixture.reviewer);
    expect(await act(jobId, 'SUBMIT')).toMatchObject({ reviewNotes: 'Say more about the format.' });
    await act(jobId, 'APPROVE', undefined, fixture.reviewer);
    const query = 'query ($id: ID!) { job(id: $id) { reviewNotes } }';
    const notes = (caller: typeof fixture.poster) => fixture.execute(query, caller, { id: jobId });
    expect(await notes(fixture.poster)).toEqual({ job: { reviewNotes: 'Say more about the format.' } });
    expect(await notes(userCaller('ADMIN'))).toEqual({ job: { reviewNotes: 'Say more about the format.' } });
    expect(await notes(userCaller('HIRING_USER'))).toEqual({ job: { reviewNotes: null } });
    expect(await notes(userCaller('FREELANCER'))).toEqual({ job: { reviewNotes: null } });
  });

  test('rejects a note of more than 2000 characters', async () => {
    const input = { jobId: await fixture.draftJob(), action: 'SUBMIT', note: 'x'.repeat(2001) };
    expect(paths(await fixture.request(actOnJobMutation, fixture.poster, { input }))).toEqual(['input.note']);
  });

  test('approves a job according to its distribution, which MAKE_PRIVATE changes', async () => {
    const open = await fixture.draftJob();
    const closed = await fixture.draftJob({ distribution: 'PRIVATE_OUTREACH' });
    for (const jobId of [open, closed]) await act(jobId, 'SUBMIT');
    expect(await act(open, 'APPROVE', undefined, fixture.reviewer)).toMatchObject({ status: 'PUBLISHED' });
    expect(await act(closed, 'APPROVE', undefined, fixture.reviewer)).toMatchObject({ status: 'PRIVATE_OUTREACH' });
    expect(await act(open, 'MAKE_PRIVATE', undefined, fixture.reviewer)).toMatchObject({ status: 'PRIVATE_OUTREACH' });
    await act(open, 'CLOSE');
    expect(await act(open, 'REOPEN')).toMatchObject({ status: 'PRIVATE_OUTREACH', distribution: 'PRIVATE_OUTREACH' });
  });

  test('sets publishedAt, and clears it when the job becomes a DRAFT again', async () => {
    const jobId = await fixture.publishJob();
    expect(Date.parse((await act(jobId, 'CLOSE')).publishedAt)).toBeGreaterThan(Date.now() - 60_000);
    await act(jobId, 'ARCHIVE');
    expect(await act(jobId, 'REOPEN')).toMatchObject({ status: 'DRAFT', publishedAt: null });
  });
});
