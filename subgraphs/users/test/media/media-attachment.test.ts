import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept } from '../fixtures/media-directory.js';
import { jpeg, svgWithScript } from '../fixtures/media-files.js';
import { at, requestUpload, send, upload } from '../fixtures/uploads.js';

let testbed: UsersTestbed;
let file: Buffer;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  file = await jpeg();
});
afterAll(() => testbed.close());

describe('a profile', () => {
  test('shows the pictures that its owner uploaded', async () => {
    const person = await testbed.person();
    const [avatar, cover] = [await picture(person, 'AVATAR'), await picture(person, 'COVER')];
    const { data } = await update(person, { avatarId: avatar.id, coverId: cover.id });
    expect(data.updateProfile.user).toEqual({
      avatar: { id: avatar.id, status: 'READY', url: avatar.url },
      cover: { id: cover.id, status: 'READY', url: cover.url },
    });
    expect((await profileOf(person)).avatar.id).toBe(avatar.id);
  });

  test.each([
    ['avatar', 'AVATAR'],
    ['cover', 'COVER'],
  ])('shows its %s until the new one is READY', async (name, purpose) => {
    const person = await testbed.person();
    const before = await picture(person, purpose);
    await update(person, { [`${name}Id`]: before.id });
    const ticket = await requestUpload(testbed, person, { purpose, contentType: 'image/jpeg', bytes: file.length });
    const { data } = await update(person, { [`${name}Id`]: ticket.media.id });
    expect(data.updateProfile.user[name]).toEqual({ id: before.id, status: 'READY', url: before.url });
    expect(await pendingPictureOf(person, name)).toEqual({ id: ticket.media.id, status: 'PENDING' });
    await send(testbed, ticket, file);
    while ((await profileOf(person))[name].id !== ticket.media.id) await wait(50);
    expect(await pendingPictureOf(person, name)).toBeNull();
  });

  test('shows a picture that was chosen before others waited for it once it is READY', async () => {
    const person = await testbed.person();
    const request = { purpose: 'AVATAR', contentType: 'image/jpeg', bytes: file.length };
    const ticket = await requestUpload(testbed, person, request);
    await testbed.sql('update users set avatar_id = $2 where id = $1', [person.id, ticket.media.id]);
    expect((await profileOf(person)).avatar).toEqual({ id: ticket.media.id });
    const migration = new URL('../../migrations/0034_unprocessed_pictures.sql', import.meta.url);
    await testbed.sql(await readFile(migration, 'utf8'));
    expect((await profileOf(person)).avatar).toBeNull();
    expect(await pendingPictureOf(person, 'avatar')).toEqual({ id: ticket.media.id, status: 'PENDING' });
    await send(testbed, ticket, file);
    while ((await profileOf(person)).avatar?.id !== ticket.media.id) await wait(50);
    expect(await pendingPictureOf(person, 'avatar')).toBeNull();
  });

  test('keeps its picture when the new one is rejected', async () => {
    const person = await testbed.person();
    const before = await picture(person, 'AVATAR');
    await update(person, { avatarId: before.id });
    const request = { purpose: 'AVATAR', contentType: 'image/png', bytes: svgWithScript.length };
    const ticket = await requestUpload(testbed, person, request);
    await update(person, { avatarId: ticket.media.id });
    await send(testbed, ticket, svgWithScript);
    while ((await pendingPictureOf(person, 'avatar')) !== null) await wait(50);
    expect((await profileOf(person)).avatar.id).toBe(before.id);
  });

  test('keeps its pictures when other values change, and removes one for null', async () => {
    const person = await testbed.person();
    const avatar = await picture(person, 'AVATAR');
    await update(person, { avatarId: avatar.id });
    expect((await update(person, { bio: 'New' })).data.updateProfile.user.avatar.id).toBe(avatar.id);
    expect((await update(person, { avatarId: null })).data.updateProfile.user.avatar).toBeNull();
  });

  test.each(['avatarId', 'coverId'])('rejects another user’s picture as %s with NOT_FOUND', async (name) => {
    const purpose = name === 'avatarId' ? 'AVATAR' : 'COVER';
    const theirs = await picture(await testbed.person(), purpose);
    const [person, admin] = [await testbed.person(), await testbed.person('ADMIN')];
    for (const caller of [person, admin]) {
      expect(codes(await update(caller, { [name]: theirs.id, bio: 'Changed' }))).toEqual(['NOT_FOUND']);
      expect(await profileOf(caller)).toEqual({ bio: null, avatar: null, cover: null });
    }
  });

  test.each([
    ['a picture with another purpose', async (person: UserCaller) => (await picture(person, 'COVER')).id],
    ['a missing picture', async () => '019a0000-0000-7000-8000-00000000ffff'],
    ['an invalid id', async () => '../../etc/passwd'],
  ])('rejects %s with NOT_FOUND', async (_, idFor) => {
    const person = await testbed.person();
    expect(codes(await update(person, { avatarId: await idFor(person) }))).toEqual(['NOT_FOUND']);
  });

  test('rejects a rejected picture with the reason', async () => {
    const person = await testbed.person();
    const media = await upload(testbed, person, { purpose: 'AVATAR', contentType: 'image/png' }, svgWithScript);
    const response = await update(person, { avatarId: media.id });
    expect([codes(response), badPaths(response)]).toEqual([['BAD_USER_INPUT'], ['input.avatarId']]);
    expect(response.errors[0]?.message).toContain(media.rejectedBecause);
  });

  test('takes one more statement for pictures, for any number of profiles', async () => {
    for (let count = 0; count < 5; count += 1) {
      const person = await testbed.person();
      await update(person, { avatarId: (await picture(person, 'AVATAR')).id });
    }
    const { result, requests } = await observeStores(() =>
      testbed.request('{ users(first: 100) { edges { node { avatar { url } cover { url } } } } }'),
    );
    expect(result.errors).toEqual([]);
    // The processing of the last picture may still be ending, with statements of its own.
    const ofPage = requests.filter(({ statement }) => /^SELECT "(user|Media)"/.test(statement));
    expect(ofPage).toHaveLength(2);
  });
});

describe('mediaChanged', () => {
  const document = 'subscription ($id: ID!) { mediaChanged(id: $id) { status } }';

  test('delivers the current state, then each change until the file is READY', async () => {
    const person = await testbed.person();
    const request = { purpose: 'AVATAR', contentType: 'image/jpeg', bytes: file.length };
    const ticket = await requestUpload(testbed, person, request);
    const changes = await testbed.subscribe(document, { caller: person, variables: { id: ticket.media.id } });
    const next = async () => (await changes.next()).data?.['mediaChanged'] as { status: string };
    expect(await next()).toEqual({ status: 'PENDING' });
    await send(testbed, ticket, file);
    let status = '';
    while (status !== 'READY') expect(['PROCESSING', 'READY']).toContain(({ status } = await next()).status);
    await expect(changes.next()).rejects.toThrow('The stream has ended.');
    await changes.unsubscribe();
  });

  test('is NOT_FOUND for a file of another user', async () => {
    const { id } = await picture(await testbed.person(), 'AVATAR');
    const changes = await testbed.subscribe(document, { caller: await testbed.person(), variables: { id } });
    await expect(changes.next()).rejects.toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    await changes.unsubscribe();
  });
});

describe('deleteMyAccount', () => {
  test('removes all uploads', async () => {
    const person = await testbed.person();
    const [avatar, work] = [await picture(person, 'AVATAR'), await picture(person, 'PORTFOLIO')];
    await update(person, { avatarId: avatar.id });
    await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: person });
    expect((await fetch(at(testbed, avatar.url))).status).toBe(404);
    expect((await fetch(at(testbed, avatar.thumbnail))).status).toBe(404);
    expect((await fetch(at(testbed, work.url))).status).toBe(404);
    expect(await profileOf(person)).toMatchObject({ avatar: null, cover: null });
    const kept = await filesKept(testbed.environment['MEDIA_DIRECTORY'] ?? '');
    expect(kept.filter((name) => name.includes(avatar.id) || name.includes(work.id))).toEqual([]);
  });
});

function picture(caller: Caller, purpose: string) {
  return upload(testbed, caller, { purpose, contentType: 'image/jpeg' }, file);
}

function update(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
    user { avatar { id status url } cover { id status url } } } }`;
  return testbed.request(document, { caller, variables: { input } });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its shape is that of the document
async function pendingPictureOf(caller: UserCaller, name: string): Promise<any> {
  const { data } = await testbed.request(
    '{ me { account { avatar: pendingAvatar { id status } cover: pendingCover { id status } } } }',
    { caller },
  );
  return data.me.account[name];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its shape is that of the document
async function profileOf({ id }: UserCaller): Promise<any> {
  const { data } = await testbed.request('query ($id: ID!) { user(id: $id) { bio avatar { id } cover { id } } }', {
    variables: { id },
  });
  return data.user;
}
