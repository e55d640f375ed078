import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { userCaller } from '@marquee/testkit/callers';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { GraphqlResponse, TestService } from '@marquee/testkit/test-service';
import { type JobFixture, openJobFixture } from './fixtures/job-fixture.js';

// A hundredth of the quotas: 10 invitations, 20 folder members, 5 notes, 2 folders, assets and feedback entries, 1 job and
// 1 proposal. The fixture creates its data through a replica without these limits.
let fixture: JobFixture;
let limited: TestService;
beforeAll(async () => {
  fixture = await openJobFixture();
  limited = await fixture.startReplica({ QUOTA_FACTOR: '0.01' });
});
afterAll(async () => {
  await limited.close();
  await fixture.close();
});

describe('the quota of', () => {
  test('invitations counts each freelancer once', async () => {
    const poster = userCaller('HIRING_USER');
    const jobId = await fixture.publishJob({}, poster);
    const profileIds = await profiles(12);
    const invite = (ids: string[]) => mutate(poster, 'inviteToJob', { jobId, profileIds: ids });
    expect(isRefused(await invite(profileIds.slice(0, 8)))).toBe(false);
    expect(isRefused(await invite(profileIds.slice(0, 8)))).toBe(false);
    const refused = await invite(profileIds.slice(0, 11));
    expect(isRefused(refused)).toBe(true);
    expect(refused.errors[0]?.extensions['retryAfterSeconds']).toBeGreaterThan(8_600);
    expect(isRefused(await invite(profileIds.slice(6, 10)))).toBe(false);
    expect(isRefused(await invite(profileIds.slice(10)))).toBe(true);
  });

  test('proposals counts new ones only', async () => {
    const { caller } = await fixture.addFreelancer();
    const [first, second] = [await fixture.publishJob(), await fixture.publishJob()];
    const save = (jobId: string, pitch: string) => mutate(caller, 'saveProposal', { jobId, pitch });
    for (const pitch of ['One', 'Two', 'Three']) expect(isRefused(await save(first, pitch))).toBe(false);
    expect(isRefused(await save(second, 'One'))).toBe(true);
    const stored = await fixture.sql('select id from proposals where job_id = $1', [second]);
    expect(stored).toEqual([]);
  });

  test('jobs, for concurrent requests too', async () => {
    const poster = userCaller('HIRING_USER');
    const input = { title: 'A cover', projectTypeId: fixture.projectType };
    const answers = await Promise.all([1, 2, 3, 4].map(() => mutate(poster, 'draftJob', input)));
    expect(answers.filter(isRefused)).toHaveLength(3);
  });

  test('folders, and their members once each', async () => {
    const owner = userCaller('HIRING_USER');
    const folders = [];
    for (const name of ['One', 'Two', 'Three'])
      folders.push(await mutate(owner, 'createFolder', { name, privacy: 'PRIVATE' }));
    expect(folders.map(isRefused)).toEqual([false, false, true]);
    const [{ id: folderId }] = await fixture.sql('select id from folders where owner_id = $1', [owner.id]);
    const [first = '', ...others] = await profiles(21);
    const add = (profileId: string) => mutate(owner, 'setFolderMember', { folderId, profileId, member: true });
    for (let count = 0; count < 25; count += 1) expect(isRefused(await add(first))).toBe(false);
    const answers = [];
    for (const profileId of others) answers.push(await add(profileId));
    expect(answers.map(isRefused)).toEqual([...others.slice(1).map(() => false), true]);
  });

  test('notes and feedback', async () => {
    const author = userCaller('REVIEWER');
    const [profileId] = await profiles(1);
    const notes = [];
    for (let count = 0; count < 6; count += 1)
      notes.push(await mutate(author, 'addProfileNote', { profileId, kind: 'GENERAL', body: 'Fine.' }));
    expect(notes.map(isRefused)).toEqual([false, false, false, false, false, true]);
    const feedback = [];
    for (let count = 0; count < 3; count += 1)
      feedback.push(await mutate(author, 'addFeedback', { profileId, body: 'Fine.' }));
    expect(feedback.map(isRefused)).toEqual([false, false, true]);
  });

  test('assets', async () => {
    const { caller } = await fixture.addFreelancer();
    const assets = [];
    for (let count = 0; count < 3; count += 1)
      assets.push(
        await mutate(caller, 'addPortfolioAsset', {
          title: 'A',
          type: 'LINK',
          url: `https://example.com/${randomUUID()}`,
        }),
      );
    expect(assets.map(isRefused)).toEqual([false, false, true]);
  });
});

async function profiles(count: number): Promise<string[]> {
  const added = await Promise.all(Array.from({ length: count }, () => fixture.addFreelancer()));
  return added.map(({ profileId }) => profileId);
}

/** Throws for an error other than RATE_LIMITED. */
async function mutate(caller: UserCaller, name: string, input: object): Promise<GraphqlResponse> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`;
  const response = await limited.request(document, { caller, variables: { input } });
  const [error] = response.errors;
  if (error && error.extensions['code'] !== 'RATE_LIMITED') throw new Error(JSON.stringify(error));
  return response;
}

function isRefused({ errors }: GraphqlResponse): boolean {
  return errors[0]?.extensions['code'] === 'RATE_LIMITED';
}
