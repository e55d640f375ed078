import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { ProfileAction, ProfileStatus } from '../../src/profiles/profile-status.js';
import { profileMachine, type ProfileActor } from '../../src/profiles/profile-machine.js';
import {
  admin,
  hiring,
  linkAsset,
  openProfileFixture,
  reviewer,
  type ProfileFixture,
} from '../fixtures/profile-fixture.js';

let fixture: ProfileFixture;
beforeAll(async () => {
  fixture = await openProfileFixture();
});
afterAll(() => fixture.service.close());

const statuses = Object.values(ProfileStatus);
const actions = Object.values(ProfileAction);
const selection = `profile { status validActions internal { reviewOwner { id } lastReviewedAt
  notes { edges { node { kind body author { id } } } } } }`;

function act(caller: Caller, profileId: string, action: string, note?: string) {
  return fixture.mutate(caller, 'actOnFreelancerProfile', { profileId, action, note }, selection);
}

function getError(caller: Caller, profileId: string, action: string) {
  return fixture.getMutationError(caller, 'actOnFreelancerProfile', { profileId, action });
}

/** Returns the status that an action leads to according to the table, or undefined if it is invalid. */
function target(status: ProfileStatus, action: ProfileAction, actor: ProfileActor): ProfileStatus | undefined {
  return profileMachine.transitions.find(
    (step) => step.action === action && step.from.includes(status) && step.by.includes(actor),
  )?.to;
}

function callerFor(actor: ProfileActor, owner: Caller): Caller {
  return actor === 'owner' ? owner : reviewer;
}

describe.each(statuses)('a profile that is %s', (status) => {
  const actors: ProfileActor[] = ['owner', 'moderator'];
  test.each(actors)('allows its %s exactly the actions in the transition table', async (actor) => {
    const { owner, id } = await fixture.createFreelancerInStatus(status);
    const caller = callerFor(actor, owner);
    const legal = actions.filter((action) => target(status, action, actor));
    const { freelancer } = await fixture.query(
      caller,
      'query ($id: ID) { freelancer(id: $id) { status validActions } }',
      { id },
    );
    expect(freelancer).toEqual({ status, validActions: legal });
    for (const action of actions.filter((candidate) => !legal.includes(candidate)))
      expect(await getError(caller, id, action)).toEqual({
        code: 'INVALID_TRANSITION',
        from: status,
        action,
        validActions: legal,
      });
  });

  test('rejects actions of other callers, with NOT_FOUND unless it is public', async () => {
    const { id } = await fixture.createFreelancerInStatus(status);
    const expected = status === ProfileStatus.APPROVED ? 'FORBIDDEN' : 'NOT_FOUND';
    for (const stranger of [hiring, userCaller('FREELANCER')])
      for (const action of actions) expect(await getError(stranger, id, action)).toMatchObject({ code: expected });
  });
});

describe('each transition', () => {
  const steps = profileMachine.transitions.flatMap(({ action, from, to, by }) =>
    from.flatMap((status) => by.map((actor) => ({ actor, action, status, to }))),
  );

  test.each(steps)('$action by the $actor moves a $status profile to $to', async (step) => {
    const { owner, id } = await fixture.createFreelancerInStatus(step.status);
    const { profile } = await act(callerFor(step.actor, owner), id, step.action);
    expect(profile.status).toBe(step.to);
  });
});

describe('an action', () => {
  test('writes a SYSTEM note with the actor and their note', async () => {
    const { owner, id } = await fixture.createFreelancerInStatus('SUBMITTED');
    const { profile } = await act(reviewer, id, 'REQUEST_CHANGES', 'Add a second piece.');
    expect(profile.internal.notes.edges.map(({ node }: { node: object }) => node)).toEqual([
      {
        kind: 'SYSTEM',
        body: 'REQUEST_CHANGES (SUBMITTED to CHANGES_REQUESTED): Add a second piece.',
        author: { id: reviewer.id },
      },
      { kind: 'SYSTEM', body: 'SUBMIT (DRAFT to SUBMITTED)', author: { id: owner.id } },
    ]);
  });

  test('writes no note when it is rejected', async () => {
    const { id } = await fixture.createFreelancerInStatus('SUBMITTED');
    await getError(reviewer, id, 'RESTORE');
    const { profile } = await act(reviewer, id, 'CLAIM');
    expect(profile.internal.notes.edges).toHaveLength(2);
  });

  test('shows the note of the moderator to the owner until the next SUBMIT', async () => {
    const { owner, id } = await fixture.createFreelancerInStatus('SUBMITTED');
    await act(reviewer, id, 'REQUEST_CHANGES', 'Add a second piece.');
    const own = '{ myFreelancerProfile { ownDetails { reviewMessage } internal { email } } }';
    expect((await fixture.query(owner, own)).myFreelancerProfile).toEqual({
      ownDetails: { reviewMessage: 'Add a second piece.' },
      internal: null,
    });
    await fixture.mutate(owner, 'actOnFreelancerProfile', { profileId: id, action: 'SUBMIT' }, '__typename');
    expect((await fixture.query(owner, own)).myFreelancerProfile.ownDetails.reviewMessage).toBeNull();
  });

  test('sets the reviewer by CLAIM, the time by a decision, and clears the reviewer by RETRACT', async () => {
    const { owner, id } = await fixture.createFreelancerInStatus('SUBMITTED');
    const claimed = await act(admin, id, 'CLAIM');
    expect(claimed.profile.internal).toMatchObject({ reviewOwner: { id: admin.id }, lastReviewedAt: null });
    const approved = await act(reviewer, id, 'APPROVE');
    expect(approved.profile.internal).toMatchObject({
      reviewOwner: { id: admin.id },
      lastReviewedAt: expect.any(String),
    });
    const other = await fixture.createFreelancerInStatus('UNDER_REVIEW');
    await act(other.owner, other.id, 'RETRACT');
    const { freelancer } = await fixture.query(
      admin,
      'query ($id: ID) { freelancer(id: $id) { internal { reviewOwner { id } } } }',
      { id: other.id },
    );
    expect(freelancer.internal.reviewOwner).toBeNull();
    expect(owner.id).not.toBe(other.owner.id);
  });

  test('makes a profile public by APPROVE and hides it by SUSPEND', async () => {
    const { id, slug } = await fixture.createFreelancerInStatus('SUBMITTED', 'Public Person');
    const seen = () => fixture.query(guest, 'query ($slug: String) { freelancer(slug: $slug) { id } }', { slug });
    expect(await seen()).toEqual({ freelancer: null });
    await act(reviewer, id, 'APPROVE');
    expect(await seen()).toEqual({ freelancer: { id } });
    await act(reviewer, id, 'SUSPEND');
    expect(await seen()).toEqual({ freelancer: null });
  });

  test('rejects guests, machine clients, unknown profiles and notes that are too long', async () => {
    const { id } = await fixture.createFreelancerInStatus('APPROVED');
    expect(await getError(guest, id, 'SUSPEND')).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await getError(machineCaller('shows.write'), id, 'SUSPEND')).toMatchObject({ code: 'FORBIDDEN' });
    for (const nothing of [randomUUID(), 'nothing'])
      expect(await getError(reviewer, nothing, 'SUSPEND')).toMatchObject({ code: 'NOT_FOUND' });
    expect(
      await fixture.getMutationError(reviewer, 'actOnFreelancerProfile', {
        profileId: id,
        action: 'SUSPEND',
        note: 'x'.repeat(2001),
      }),
    ).toMatchObject({ fields: [{ path: 'input.note', message: 'must have at most 2000 characters' }] });
  });
});

describe('SUBMIT', () => {
  test('reports everything that is missing', async () => {
    const owner = userCaller();
    const { profile } = await fixture.mutate(owner, 'saveFreelancerProfile', {}, 'profile { id }');
    expect(await getError(owner, profile.id, 'SUBMIT')).toEqual({
      code: 'BAD_USER_INPUT',
      fields: [
        { path: 'name', message: 'is missing' },
        { path: 'email', message: 'is missing' },
        { path: 'currentLocations', message: 'needs at least one' },
        { path: 'audiences', message: 'needs at least one' },
        { path: 'styles', message: 'needs at least one' },
        { path: 'statement', message: 'is missing' },
        { path: 'portfolio', message: 'needs at least one visible asset' },
      ],
    });
  });

  test.each([
    ['name', { name: undefined }],
    ['email', { email: null }],
    ['currentLocations', { currentLocations: [] }],
    ['audiences', { audienceIds: [] }],
    ['styles', { styleIds: [] }],
    ['statement', { statement: ' ' }],
  ])('is rejected if only %s is missing', async (field, without) => {
    const { owner, id } = await fixture.createFreelancer('Somebody Complete', without);
    const { fields } = await getError(owner, id, 'SUBMIT');
    expect(fields.map(({ path }: { path: string }) => path)).toEqual([field]);
  });

  test('requires an asset that can become public', async () => {
    const { owner, id } = await fixture.createFreelancer();
    const { myFreelancerProfile } = await fixture.query(owner, '{ myFreelancerProfile { portfolio { id } } }');
    const assetId = myFreelancerProfile.portfolio[0].id;
    const paths = async () => (await getError(owner, id, 'SUBMIT')).fields?.map(({ path }: { path: string }) => path);
    for (const visibility of ['HIDDEN', 'INTERNAL']) {
      await fixture.mutate(owner, 'updatePortfolioAsset', { assetId, visibility }, '__typename');
      expect(await paths()).toEqual(['portfolio']);
    }
    await fixture.mutate(owner, 'updatePortfolioAsset', { assetId, visibility: 'PUBLIC' }, '__typename');
    await fixture.mutate(reviewer, 'reviewPortfolioAsset', { assetId, review: 'REJECTED' }, '__typename');
    expect(await paths()).toEqual(['portfolio']);
    await fixture.mutate(owner, 'removePortfolioAsset', { assetId }, '__typename');
    expect(await paths()).toEqual(['portfolio']);
    await fixture.mutate(owner, 'addPortfolioAsset', linkAsset('Another'), '__typename');
    expect((await act(owner, id, 'SUBMIT')).profile.status).toBe('SUBMITTED');
  });
});

test('of several concurrent decisions exactly one succeeds, and the others receive INVALID_TRANSITION', async () => {
  const { id } = await fixture.createFreelancerInStatus('UNDER_REVIEW');
  const decisions = Array.from(
    { length: 20 },
    (_, index) => (['APPROVE', 'REJECT', 'REQUEST_CHANGES'] as const)[index % 3]!,
  );
  const document = `mutation ($input: ActOnFreelancerProfileInput!) { actOnFreelancerProfile(input: $input) { profile { status } } }`;
  const answers = await Promise.all(
    decisions.map((action) =>
      fixture.service.request(document, {
        caller: userCaller('REVIEWER'),
        variables: { input: { profileId: id, action } },
      }),
    ),
  );
  const won = answers.filter(({ errors }) => errors.length === 0);
  expect(won).toHaveLength(1);
  const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
  expect(codes).toEqual(Array.from({ length: 19 }, () => 'INVALID_TRANSITION'));
  const { freelancer } = await fixture.query(
    admin,
    'query ($id: ID) { freelancer(id: $id) { status internal { notes { edges { node { kind } } } } } }',
    { id },
  );
  expect(freelancer.status).toBe(won[0]?.data.actOnFreelancerProfile.profile.status);
  expect(freelancer.internal.notes.edges).toHaveLength(3);
});
