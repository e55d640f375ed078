import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { admin, hiring, openTalent, reviewer, type Talent } from '../fixtures/profile-fixture.js';

let world: Talent;
beforeAll(async () => {
  world = await openTalent();
});
afterAll(() => world.jobs.close());

async function note(caller: Caller, profileId: string, body: string, kind = 'GENERAL') {
  const selection = 'note { id kind body author { id } }';
  return (await world.mutate(caller, 'addProfileNote', { profileId, body, kind }, selection)).note;
}

const listing = `query ($id: ID, $after: String) { freelancer(id: $id) { internal {
  notes(first: 2, after: $after) { edges { node { kind body } } pageInfo { hasNextPage endCursor } }
  feedback(first: 2, after: $after) { edges { node { body } } pageInfo { hasNextPage endCursor } } } } }`;

async function all(kind: 'notes' | 'feedback', id: string): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const { freelancer } = await world.query(hiring, listing, { id, after });
    const page = freelancer.internal[kind];
    found.push(...page.edges.map(({ node }: { node: { body: string } }) => node.body));
    if (!page.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor;
  }
}

describe('a note', () => {
  test('is written by the house and read by the house, the newest first', async () => {
    const { id } = await world.freelancerIn('APPROVED');
    expect(await note(hiring, id, ' Great with deadlines. ', 'FIT')).toMatchObject({
      kind: 'FIT',
      body: 'Great with deadlines.',
      author: { id: hiring.id },
    });
    await note(reviewer, id, 'Checked.', 'COMPLIANCE');
    expect(await all('notes', id)).toEqual([
      'Checked.',
      'Great with deadlines.',
      'APPROVE (SUBMITTED to APPROVED)',
      'SUBMIT (DRAFT to SUBMITTED)',
    ]);
  });

  test('on a profile that is not public is not there for who hires, unless they wrote it', async () => {
    const { id } = await world.freelancerIn('APPROVED');
    const [{ id: noteId }, { id: ownId }] = [await note(reviewer, id, 'Hm.'), await note(hiring, id, 'Mine.')];
    await world.mutate(reviewer, 'actOnFreelancerProfile', { profileId: id, action: 'SUSPEND' }, '__typename');
    const hidden = { code: 'NOT_FOUND' };
    expect(await world.refusal(hiring, 'updateProfileNote', { noteId, body: 'So?' })).toMatchObject(hidden);
    expect(await world.refusal(hiring, 'deleteProfileNote', { noteId })).toMatchObject(hidden);
    await world.mutate(hiring, 'deleteProfileNote', { noteId: ownId }, 'noteId');
  });

  test('is changed and deleted by its author alone', async () => {
    const { id } = await world.freelancerIn('APPROVED');
    const { id: noteId } = await note(hiring, id, 'First thought');
    for (const other of [reviewer, admin, userCaller('HIRING_USER')])
      for (const [name, input] of [
        ['updateProfileNote', { noteId, body: 'Mine now' }],
        ['deleteProfileNote', { noteId }],
      ] as const)
        expect(await world.refusal(other, name, input)).toMatchObject({ code: 'FORBIDDEN' });
    const changed = { noteId, body: 'Second thought', kind: 'PROJECT' };
    expect(await world.mutate(hiring, 'updateProfileNote', changed, 'note { kind body }')).toEqual({
      note: { kind: 'PROJECT', body: 'Second thought' },
    });
    expect(await world.mutate(hiring, 'updateProfileNote', { noteId }, 'note { body }')).toEqual({
      note: { body: 'Second thought' },
    });
    expect(await world.mutate(hiring, 'deleteProfileNote', { noteId }, 'noteId')).toEqual({ noteId });
    expect(await world.refusal(hiring, 'deleteProfileNote', { noteId })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of the kind SYSTEM is nobody’s to write, to change or to delete', async () => {
    const { id } = await world.freelancerIn('APPROVED');
    const document = 'query ($id: ID) { freelancer(id: $id) { internal { notes { edges { node { id } } } } } }';
    const { freelancer } = await world.query(reviewer, document, { id });
    const noteId = freelancer.internal.notes.edges[0].node.id;
    expect(await world.refusal(reviewer, 'updateProfileNote', { noteId, body: 'x' })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await world.refusal(reviewer, 'deleteProfileNote', { noteId })).toMatchObject({ code: 'FORBIDDEN' });
    const system = { path: 'input.kind', message: 'must not be SYSTEM, which only the service writes' };
    expect(await world.refusal(reviewer, 'addProfileNote', { profileId: id, kind: 'SYSTEM', body: ' ' })).toMatchObject(
      {
        fields: [system, { path: 'input.body' }],
      },
    );
    const own = await note(reviewer, id, 'Mine');
    expect(
      await world.refusal(reviewer, 'updateProfileNote', { noteId: own.id, kind: 'SYSTEM', body: null }),
    ).toMatchObject({ fields: [system, { path: 'input.body', message: 'cannot be cleared' }] });
  });
});

test('feedback is given by the house and read by the house, the newest first', async () => {
  const { id } = await world.freelancerIn('APPROVED');
  for (const body of ['Good.', 'Better.', 'Best.'])
    await world.mutate(
      hiring,
      'addFeedback',
      { profileId: id, body, projectContext: 'Winter list' },
      'feedback { id }',
    );
  expect(await all('feedback', id)).toEqual(['Best.', 'Better.', 'Good.']);
  const tooMuch = { profileId: id, body: '', projectContext: 'x'.repeat(201) };
  expect(await world.refusal(hiring, 'addFeedback', tooMuch)).toMatchObject({
    code: 'BAD_USER_INPUT',
    fields: [{ path: 'input.body' }, { path: 'input.projectContext' }],
  });
});

describe.each(['addProfileNote', 'addFeedback'])('%s', (name) => {
  test('is for those who work for the house', async () => {
    const { owner, id } = await world.freelancerIn('APPROVED');
    const input = { profileId: id, body: 'x' };
    expect(await world.refusal(guest, name, input)).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [owner, userCaller('FREELANCER'), machineCaller('shows.write')])
      expect(await world.refusal(caller, name, input)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is about a profile that the caller may know of', async () => {
    const { id } = await world.freelancerIn('SUBMITTED');
    for (const profileId of [id, randomUUID(), 'nothing'])
      expect(await world.refusal(hiring, name, { profileId, body: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test.each(['updateProfileNote', 'deleteProfileNote'])('%s is for those who work for the house', async (name) => {
  const { owner, id } = await world.freelancerIn('APPROVED');
  const { id: noteId } = await note(hiring, id, 'Hush');
  for (const caller of [owner, machineCaller('shows.write')])
    expect(await world.refusal(caller, name, { noteId })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await world.refusal(guest, name, { noteId })).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await world.refusal(hiring, name, { noteId: 'nothing' })).toMatchObject({ code: 'NOT_FOUND' });
});
