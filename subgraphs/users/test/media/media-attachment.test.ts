import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept } from '../fixtures/media-directory.js';
import { jpeg, svgWithScript } from '../fixtures/media-files.js';
import { at, ticketFor, upload } from '../fixtures/uploads.js';

let world: UsersTestbed;
let file: Buffer;
beforeAll(async () => {
  world = await openUsersTestbed();
  file = await jpeg();
});
afterAll(() => world.close());

describe('A profile', () => {
  test('shows the pictures that its owner uploaded for it', async () => {
    const person = await world.person();
    const [avatar, cover] = [await picture(person, 'AVATAR'), await picture(person, 'COVER')];
    const { data } = await update(person, { avatarId: avatar.id, coverId: cover.id });
    expect(data.updateProfile.user).toEqual({
      avatar: { id: avatar.id, status: 'READY', url: avatar.url },
      cover: { id: cover.id, status: 'READY', url: cover.url },
    });
    expect((await profileOf(person)).avatar.id).toBe(avatar.id);
  });

  test('may be given a picture that is still in the works', async () => {
    const person = await world.person();
    const { media } = await ticketFor(world, person, { purpose: 'AVATAR', contentType: 'image/png', bytes: 1 });
    const { data } = await update(person, { avatarId: media.id });
    expect(data.updateProfile.user.avatar).toEqual({ id: media.id, status: 'PENDING', url: null });
  });

  test('keeps its pictures when other things change, and loses one by null', async () => {
    const person = await world.person();
    const avatar = await picture(person, 'AVATAR');
    await update(person, { avatarId: avatar.id });
    expect((await update(person, { bio: 'New' })).data.updateProfile.user.avatar.id).toBe(avatar.id);
    expect((await update(person, { avatarId: null })).data.updateProfile.user.avatar).toBeNull();
  });

  test.each(['avatarId', 'coverId'])('does not find a stranger’s picture as its %s', async (name) => {
    const purpose = name === 'avatarId' ? 'AVATAR' : 'COVER';
    const theirs = await picture(await world.person(), purpose);
    const [person, admin] = [await world.person(), await world.person('ADMIN')];
    for (const caller of [person, admin]) {
      expect(codes(await update(caller, { [name]: theirs.id, bio: 'Changed' }))).toEqual(['NOT_FOUND']);
      expect(await profileOf(caller)).toEqual({ bio: null, avatar: null, cover: null });
    }
  });

  test.each([
    ['what was uploaded for something else', async (person: UserCaller) => (await picture(person, 'COVER')).id],
    ['what does not exist', async () => '019a0000-0000-7000-8000-00000000ffff'],
    ['what is no id', async () => '../../etc/passwd'],
  ])('does not find %s', async (_, idFor) => {
    const person = await world.person();
    expect(codes(await update(person, { avatarId: await idFor(person) }))).toEqual(['NOT_FOUND']);
  });

  test('refuses a picture that was rejected and says why', async () => {
    const person = await world.person();
    const media = await upload(world, person, { purpose: 'AVATAR', contentType: 'image/png' }, svgWithScript);
    const answer = await update(person, { avatarId: media.id });
    expect([codes(answer), badPaths(answer)]).toEqual([['BAD_USER_INPUT'], ['input.avatarId']]);
    expect(answer.errors[0]?.message).toContain(media.rejectedBecause);
  });

  test('costs one statement more with its pictures, however many profiles are shown', async () => {
    for (let count = 0; count < 5; count += 1) {
      const person = await world.person();
      await update(person, { avatarId: (await picture(person, 'AVATAR')).id });
    }
    const { result, requests } = await observeStores(() =>
      world.request('{ users(first: 100) { edges { node { avatar { url } cover { url } } } } }'),
    );
    expect(result.errors).toEqual([]);
    expect(requests).toHaveLength(2);
  });
});

describe('Who deletes their account', () => {
  test('takes their portraits down, and nothing of what they did with others', async () => {
    const person = await world.person();
    const [avatar, work] = [await picture(person, 'AVATAR'), await picture(person, 'PORTFOLIO')];
    await update(person, { avatarId: avatar.id });
    await world.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: person });
    expect((await fetch(at(world, avatar.url))).status).toBe(404);
    expect((await fetch(at(world, avatar.thumbnail))).status).toBe(404);
    expect((await fetch(at(world, work.url))).status).toBe(200);
    expect(await profileOf(person)).toMatchObject({ avatar: null, cover: null });
    const kept = await filesKept(world.environment['MEDIA_DIRECTORY'] ?? '');
    expect(kept.filter((name) => name.includes(avatar.id))).toEqual([]);
  });
});

function picture(caller: Caller, purpose: string) {
  return upload(world, caller, { purpose, contentType: 'image/jpeg' }, file);
}

function update(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
    user { avatar { id status url } cover { id status url } } } }`;
  return world.request(document, { caller, variables: { input } });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function profileOf({ id }: UserCaller): Promise<any> {
  const { data } = await world.request('query ($id: ID!) { user(id: $id) { bio avatar { id } cover { id } } }', {
    variables: { id },
  });
  return data.user;
}
