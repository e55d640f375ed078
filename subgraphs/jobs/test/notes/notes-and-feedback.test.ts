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

async function addNote(caller: Caller, profileId: string, body: string, kind = 'GENERAL') {
  const selection = 'note { id kind body author { id } }';
  return (await fixture.mutate(caller, 'addProfileNote', { profileId, body, kind }, selection)).note;
}

const listing = `query ($id: ID, $after: String) { freelancer(id: $id) { internal {
  notes(first: 2, after: $after) { edges { node { kind body } } pageInfo { hasNextPage endCursor } }
  feedback(first: 2, after: $after) { edges { node { body } } pageInfo { hasNextPage endCursor } } } } }`;

async function listAll(kind: 'notes' | 'feedback', id: string): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const { freelancer } = await fixture.query(hiring, listing, { id, after });
    const page = freelancer.internal[kind];
    found.push(...page.edges.map(({ node }: { node: { body: string } }) => node.body));
    if (!page.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor;
  }
}

describe('a note', () => {
  test('is written and read by staff, newest first', async () => {
    const { id } = await fixture.createFreelancerInStatus('APPROVED');
    expect(await addNote(hiring, id, ' Great with deadlines. ', 'FIT')).toMatchObject({
      kind: 'FIT',
      body: 'Great with deadlines.',
      author: { id: hiring.id },
    });
    await addNote(reviewer, id, 'Checked.', 'COMPLIANCE');
    expect(await listAll('notes', id)).toEqual([
      'Checked.',
      'Great with deadlines.',
      'APPROVE (SUBMITTED to APPROVED)',
      'SUBMIT (DRAFT to SUBMITTED)',
    ]);
  });

  test('about a profile that is not public is NOT_FOUND for hiring users, except its author', async () => {
    const { id } = await fixture.createFreelancerInStatus('APPROVED');
    const [{ id: noteId }, { id: ownId }] = [await addNote(reviewer, id, 'Hm.'), await addNote(hiring, id, 'Mine.')];
    await fixture.mutate(reviewer, 'actOnFreelancerProfile', { profileId: id, action: 'SUSPEND' }, '__typename');
    const hidden = { code: 'NOT_FOUND' };
    expect(await fixture.getMutationError(hiring, 'updateProfileNote', { noteId, body: 'So?' })).toMatchObject(hidden);
    expect(await fixture.getMutationError(hiring, 'deleteProfileNote', { noteId })).toMatchObject(hidden);
    await fixture.mutate(hiring, 'deleteProfileNote', { noteId: ownId }, 'noteId');
  });

  test('is changed and deleted by its author only', async () => {
    const { id } = await fixture.createFreelancerInStatus('APPROVED');
    const { id: noteId } = await addNote(hiring, id, 'First thought');
    for (const other of [reviewer, admin, userCaller('HIRING_USER')])
      for (const [name, input] of [
        ['updateProfileNote', { noteId, body: 'Mine now' }],
        ['deleteProfileNote', { noteId }],
      ] as const)
        expect(await fixture.getMutationError(other, name, input)).toMatchObject({ code: 'FORBIDDEN' });
    const changed = { noteId, body: 'Second thought', kind: 'PROJECT' };
    expect(await fixture.mutate(hiring, 'updateProfileNote', changed, 'note { kind body }')).toEqual({
      note: { kind: 'PROJECT', body: 'Second thought' },
    });
    expect(await fixture.mutate(hiring, 'updateProfileNote', { noteId }, 'note { body }')).toEqual({
      note: { body: 'Second thought' },
    });
    expect(await fixture.mutate(hiring, 'deleteProfileNote', { noteId }, 'noteId')).toEqual({ noteId });
    expect(await fixture.getMutationError(hiring, 'deleteProfileNote', { noteId })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('of the kind SYSTEM cannot be written, changed or deleted', async () => {
    const { id } = await fixture.createFreelancerInStatus('APPROVED');
    const document = 'query ($id: ID) { freelancer(id: $id) { internal { notes { edges { node { id } } } } } }';
    const { freelancer } = await fixture.query(reviewer, document, { id });
    const noteId = freelancer.internal.notes.edges[0].node.id;
    expect(await fixture.getMutationError(reviewer, 'updateProfileNote', { noteId, body: 'x' })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await fixture.getMutationError(reviewer, 'deleteProfileNote', { noteId })).toMatchObject({
      code: 'FORBIDDEN',
    });
    const system = { path: 'input.kind', message: 'must not be SYSTEM, which only the service writes' };
    expect(
      await fixture.getMutationError(reviewer, 'addProfileNote', { profileId: id, kind: 'SYSTEM', body: ' ' }),
    ).toMatchObject({
      fields: [system, { path: 'input.body' }],
    });
    const own = await addNote(reviewer, id, 'Mine');
    expect(
      await fixture.getMutationError(reviewer, 'updateProfileNote', { noteId: own.id, kind: 'SYSTEM', body: null }),
    ).toMatchObject({ fields: [system, { path: 'input.body', message: 'cannot be cleared' }] });
  });
});

test('feedback is given and read by staff, newest first', async () => {
  const { id } = await fixture.createFreelancerInStatus('APPROVED');
  for (const body of ['Good.', 'Better.', 'Best.'])
    await fixture.mutate(
      hiring,
      'addFeedback',
      { profileId: id, body, projectContext: 'Winter list' },
      'feedback { id }',
    );
  expect(await listAll('feedback', id)).toEqual(['Best.', 'Better.', 'Good.']);
  const tooMuch = { profileId: id, body: '', projectContext: 'x'.repeat(201) };
  expect(await fixture.getMutationError(hiring, 'addFeedback', tooMuch)).toMatchObject({
    code: 'BAD_USER_INPUT',
    fields: [{ path: 'input.body' }, { path: 'input.projectContext' }],
  });
});

describe.each(['addProfileNote', 'addFeedback'])('%s', (name) => {
  test('is rejected for callers who are not staff', async () => {
    const { owner, id } = await fixture.createFreelancerInStatus('APPROVED');
    const input = { profileId: id, body: 'x' };
    expect(await fixture.getMutationError(guest, name, input)).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [owner, userCaller('FREELANCER'), machineCaller('shows.write')])
      expect(await fixture.getMutationError(caller, name, input)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('returns NOT_FOUND for a profile that the caller may not see', async () => {
    const { id } = await fixture.createFreelancerInStatus('SUBMITTED');
    for (const profileId of [id, randomUUID(), 'nothing'])
      expect(await fixture.getMutationError(hiring, name, { profileId, body: 'x' })).toMatchObject({
        code: 'NOT_FOUND',
      });
  });
});

test.each(['updateProfileNote', 'deleteProfileNote'])('%s is rejected for callers who are not staff', async (name) => {
  const { owner, id } = await fixture.createFreelancerInStatus('APPROVED');
  const { id: noteId } = await addNote(hiring, id, 'Hush');
  for (const caller of [owner, machineCaller('shows.write')])
    expect(await fixture.getMutationError(caller, name, { noteId })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await fixture.getMutationError(guest, name, { noteId })).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await fixture.getMutationError(hiring, name, { noteId: 'nothing' })).toMatchObject({ code: 'NOT_FOUND' });
});
