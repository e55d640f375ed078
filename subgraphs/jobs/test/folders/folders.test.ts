import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { admin, hiring, openProfileFixture, reviewer, type ProfileFixture } from '../fixtures/profile-fixture.js';

let fixture: ProfileFixture;
beforeAll(async () => {
  fixture = await openProfileFixture();
});
afterAll(() => fixture.service.close());

interface Named {
  node: { name: string };
}

const fields = 'folder { id name description privacy owner { id } sharedWith { id } }';

async function create(owner: Caller, input: object) {
  return (await fixture.mutate(owner, 'createFolder', input, fields)).folder;
}

async function canSee(caller: Caller, id: string): Promise<boolean> {
  return (await fixture.query(caller, 'query ($id: ID!) { folder(id: $id) { id } }', { id })).folder !== null;
}

async function listMembers(caller: Caller, id: string): Promise<string[]> {
  const document = 'query ($id: ID!) { folder(id: $id) { members { edges { node { name } } } } }';
  const { folder } = await fixture.query(caller, document, { id });
  return folder.members.edges.map(({ node }: { node: { name: string } }) => node.name);
}

describe('a folder', () => {
  test('that is PRIVATE is visible to its owner only', async () => {
    const owner = userCaller('HIRING_USER');
    const { id, ...made } = await create(owner, { name: ' Spring list ', description: '' });
    expect(made).toEqual({
      name: 'Spring list',
      description: null,
      privacy: 'PRIVATE',
      owner: { id: owner.id },
      sharedWith: [],
    });
    expect(await canSee(owner, id)).toBe(true);
    for (const other of [hiring, reviewer, admin, userCaller()]) expect(await canSee(other, id)).toBe(false);
  });

  test('that is SHARED_USERS is visible to those users', async () => {
    const friend = userCaller('FREELANCER');
    const owner = userCaller('HIRING_USER');
    const input = { name: 'Ours', privacy: 'SHARED_USERS', sharedWithIds: [friend.id, owner.id, friend.id] };
    const { id, sharedWith } = await create(owner, input);
    expect(sharedWith).toEqual([{ id: friend.id }]);
    expect(await canSee(friend, id)).toBe(true);
    for (const other of [hiring, admin, userCaller()]) expect(await canSee(other, id)).toBe(false);
  });

  test('that is SHARED_TEAM is visible to hiring users, reviewers and admins', async () => {
    const { id } = await create(userCaller('HIRING_USER'), { name: 'Team', privacy: 'SHARED_TEAM' });
    for (const colleague of [hiring, reviewer, admin]) expect(await canSee(colleague, id)).toBe(true);
    expect(await canSee(userCaller('FREELANCER'), id)).toBe(false);
  });

  test('loses its shares when it becomes private', async () => {
    const friend = userCaller();
    const owner = userCaller('HIRING_USER');
    const { id } = await create(owner, { name: 'Ours', privacy: 'SHARED_USERS', sharedWithIds: [friend.id] });
    const renamed = await fixture.mutate(owner, 'updateFolder', { folderId: id, name: 'Still ours' }, fields);
    expect(renamed.folder).toMatchObject({ name: 'Still ours', sharedWith: [{ id: friend.id }] });
    const { folder } = await fixture.mutate(owner, 'updateFolder', { folderId: id, privacy: 'PRIVATE' }, fields);
    expect(folder).toMatchObject({ privacy: 'PRIVATE', sharedWith: [] });
    await fixture.mutate(owner, 'updateFolder', { folderId: id, privacy: 'SHARED_USERS' }, fields);
    expect(await canSee(friend, id)).toBe(false);
  });

  test('is gone when its owner deletes it', async () => {
    const { id } = await create(hiring, { name: 'Old', privacy: 'SHARED_TEAM' });
    const person = await fixture.createFreelancerInStatus('APPROVED');
    await fixture.mutate(hiring, 'setFolderMember', { folderId: id, profileId: person.id, member: true }, '__typename');
    expect(await fixture.mutate(hiring, 'deleteFolder', { folderId: id }, 'folderId')).toEqual({ folderId: id });
    expect(await canSee(hiring, id)).toBe(false);
    expect(await fixture.getMutationError(hiring, 'deleteFolder', { folderId: id })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('the members of a folder', () => {
  test('are put in and taken out by its owner, each once, and stand with the last first', async () => {
    const { id: folderId } = await create(hiring, { name: 'People' });
    const [ann, bea] = [
      await fixture.createFreelancerInStatus('APPROVED', 'Ann'),
      await fixture.createFreelancerInStatus('APPROVED', 'Bea'),
    ];
    for (const profileId of [ann.id, bea.id, ann.id])
      await fixture.mutate(hiring, 'setFolderMember', { folderId, profileId, member: true }, '__typename');
    expect(await listMembers(hiring, folderId)).toEqual(['Bea', 'Ann']);
    for (let time = 0; time < 2; time += 1)
      await fixture.mutate(hiring, 'setFolderMember', { folderId, profileId: bea.id, member: false }, '__typename');
    expect(await listMembers(hiring, folderId)).toEqual(['Ann']);
  });

  test('are shown to each as far as they may know of them', async () => {
    const { id: folderId } = await create(reviewer, { name: 'Team', privacy: 'SHARED_TEAM' });
    const [open, hidden] = [
      await fixture.createFreelancerInStatus('APPROVED', 'Open'),
      await fixture.createFreelancerInStatus('APPROVED', 'Hidden'),
    ];
    for (const { id: profileId } of [open, hidden])
      await fixture.mutate(reviewer, 'setFolderMember', { folderId, profileId, member: true }, '__typename');
    await fixture.mutate(reviewer, 'actOnFreelancerProfile', { profileId: hidden.id, action: 'SUSPEND' }, '__typename');
    expect(await listMembers(hiring, folderId)).toEqual(['Open']);
    expect(await listMembers(admin, folderId)).toEqual(['Hidden', 'Open']);
  });

  test('are paged without gaps or repeats', async () => {
    const { id } = await create(hiring, { name: 'Many' });
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      const { id: profileId } = await fixture.createFreelancerInStatus('APPROVED', name);
      await fixture.mutate(hiring, 'setFolderMember', { folderId: id, profileId, member: true }, '__typename');
    }
    const document = `query ($id: ID!, $after: String) { folder(id: $id) { members(first: 2, after: $after) {
      edges { node { name } } pageInfo { hasNextPage endCursor } } } }`;
    const found: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { folder } = await fixture.query(hiring, document, { id, after });
      found.push(folder.members.edges.map(({ node }: Named) => node.name).join());
      ({ endCursor: after, hasNextPage: more } = folder.members.pageInfo);
    }
    expect(found).toEqual(['E,D', 'C,B', 'A']);
    const { errors } = await fixture.service.request(document, {
      caller: hiring,
      variables: { id, after: 'nonsense' },
    });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('folders are listed', () => {
  test('to every user who may see them, newest first', async () => {
    const [mine, friend, stranger] = [userCaller('FREELANCER'), userCaller('HIRING_USER'), userCaller('HIRING_USER')];
    await create(mine, { name: 'Mine' });
    await create(friend, { name: 'Theirs' });
    await create(friend, { name: 'Shared', privacy: 'SHARED_USERS', sharedWithIds: [mine.id] });
    await create(friend, { name: 'Team of friends', privacy: 'SHARED_TEAM' });
    const listed = async (caller: Caller) => {
      const names: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const document = `query ($after: String) { folders(first: 1, after: $after) {
          edges { node { name } } pageInfo { hasNextPage endCursor } } }`;
        const { folders } = await fixture.query(caller, document, { after });
        names.push(...folders.edges.map(({ node }: Named) => node.name));
        ({ endCursor: after, hasNextPage: more } = folders.pageInfo);
      }
      return names;
    };
    expect(await listed(mine)).toEqual(['Shared', 'Mine']);
    expect((await listed(friend)).slice(0, 3)).toEqual(['Team of friends', 'Shared', 'Theirs']);
    expect(await listed(stranger)).toContain('Team of friends');
    expect(await listed(stranger)).not.toContain('Shared');
  });

  test('to signed-in users only', async () => {
    for (const document of ['{ folders { edges { cursor } } }', `{ folder(id: "${randomUUID()}") { id } }`]) {
      const byGuest = await fixture.service.request(document, { caller: guest });
      expect(byGuest.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
      const byMachine = await fixture.service.request(document, { caller: machineCaller('shows.read') });
      expect(byMachine.errors[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect(await canSee(hiring, 'nothing')).toBe(false);
  });
});

describe('a folder mutation is rejected', () => {
  test('for guests and machine clients', async () => {
    expect(await fixture.getMutationError(guest, 'createFolder', { name: 'x' })).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await fixture.getMutationError(machineCaller(), 'createFolder', { name: 'x' })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('with every invalid field at once', async () => {
    const input = { name: '', description: 'x'.repeat(501), privacy: 'SHARED_USERS', sharedWithIds: ['me'] };
    expect(await fixture.getMutationError(hiring, 'createFolder', input)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'input.name' }, { path: 'input.description' }, { path: 'input.sharedWithIds.0' }],
    });
    expect(
      await fixture.getMutationError(hiring, 'createFolder', { name: 'x', sharedWithIds: [randomUUID()] }),
    ).toMatchObject({
      fields: [{ path: 'input.sharedWithIds', message: 'is not allowed for PRIVATE' }],
    });
  });

  test('for a freelancer who shares with the team', async () => {
    const freelancer = userCaller('FREELANCER');
    const team = { name: 'x', privacy: 'SHARED_TEAM' };
    expect(await fixture.getMutationError(freelancer, 'createFolder', team)).toMatchObject({ code: 'FORBIDDEN' });
    const { id } = await create(freelancer, { name: 'x' });
    expect(
      await fixture.getMutationError(freelancer, 'updateFolder', { folderId: id, privacy: 'SHARED_TEAM' }),
    ).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('for callers other than the owner', async () => {
    const { id: folderId } = await create(hiring, { name: 'Team', privacy: 'SHARED_TEAM' });
    const { id: profileId } = await fixture.createFreelancerInStatus('APPROVED');
    const changes = [
      ['updateFolder', { folderId, name: 'Taken over' }],
      ['deleteFolder', { folderId }],
      ['setFolderMember', { folderId, profileId, member: true }],
    ] as const;
    for (const [name, input] of changes) {
      expect(await fixture.getMutationError(admin, name, input)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await fixture.getMutationError(userCaller(), name, input)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await fixture.getMutationError(guest, name, input)).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  test('for a profile that the owner may not see', async () => {
    const { id: folderId } = await create(hiring, { name: 'People' });
    const { id: hidden } = await fixture.createFreelancerInStatus('SUBMITTED');
    for (const profileId of [hidden, randomUUID(), 'nothing'])
      expect(
        await fixture.getMutationError(hiring, 'setFolderMember', { folderId, profileId, member: true }),
      ).toMatchObject({
        code: 'NOT_FOUND',
      });
  });
});

describe('a favourite', () => {
  const isFavorite = async (caller: Caller, id: string) =>
    (await fixture.query(caller, 'query ($id: ID) { freelancer(id: $id) { isFavorite } }', { id })).freelancer
      .isFavorite;

  test('belongs to the caller, and setFavorite is idempotent', async () => {
    const { id: profileId } = await fixture.createFreelancerInStatus('APPROVED');
    const fan = userCaller('FREELANCER');
    for (const favorite of [true, true, false, false, true]) {
      const payload = await fixture.mutate(fan, 'setFavorite', { profileId, favorite }, 'profile { isFavorite }');
      expect(payload.profile.isFavorite).toBe(favorite);
    }
    expect(await isFavorite(fan, profileId)).toBe(true);
    for (const other of [guest, machineCaller(), hiring]) expect(await isFavorite(other, profileId)).toBe(false);
  });

  test('must be a profile that the caller may see', async () => {
    const { owner, id: hidden } = await fixture.createFreelancerInStatus('REJECTED');
    for (const profileId of [hidden, randomUUID(), 'nothing'])
      expect(await fixture.getMutationError(hiring, 'setFavorite', { profileId, favorite: true })).toMatchObject({
        code: 'NOT_FOUND',
      });
    const input = { profileId: hidden, favorite: true };
    expect(await fixture.getMutationError(guest, 'setFavorite', input)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await fixture.getMutationError(machineCaller(), 'setFavorite', input)).toMatchObject({ code: 'FORBIDDEN' });
    await fixture.mutate(owner, 'setFavorite', input, '__typename');
  });
});
