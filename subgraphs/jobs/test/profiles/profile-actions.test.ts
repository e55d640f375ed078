import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { ProfileAction, ProfileStatus } from '../../src/profiles/profile-status.js';
import { profileMachine, type ProfileActor } from '../../src/profiles/profile-machine.js';
import { admin, hiring, link, openTalent, reviewer, type Talent } from '../fixtures/profile-fixture.js';

let world: Talent;
beforeAll(async () => {
  world = await openTalent();
});
afterAll(() => world.jobs.close());

const statuses = Object.values(ProfileStatus);
const actions = Object.values(ProfileAction);
const selection = `profile { status validActions internal { reviewOwner { id } lastReviewedAt
  notes { edges { node { kind body author { id } } } } } }`;

function act(caller: Caller, profileId: string, action: string, note?: string) {
  return world.mutate(caller, 'actOnFreelancerProfile', { profileId, action, note }, selection);
}

function refusal(caller: Caller, profileId: string, action: string) {
  return world.refusal(caller, 'actOnFreelancerProfile', { profileId, action });
}

/** What the table says of an action in a state: where it leads, for this actor; undefined for nowhere. */
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
  test.each(actors)('offers its %s the actions that the table has for them, and refuses all others', async (actor) => {
    const { owner, id } = await world.freelancerIn(status);
    const caller = callerFor(actor, owner);
    const legal = actions.filter((action) => target(status, action, actor));
    const { freelancer } = await world.query(
      caller,
      'query ($id: ID) { freelancer(id: $id) { status validActions } }',
      { id },
    );
    expect(freelancer).toEqual({ status, validActions: legal });
    for (const action of actions.filter((candidate) => !legal.includes(candidate)))
      expect(await refusal(caller, id, action)).toEqual({
        code: 'INVALID_TRANSITION',
        from: status,
        action,
        validActions: legal,
      });
  });

  test('obeys nobody else, and is there for them only when it is public', async () => {
    const { id } = await world.freelancerIn(status);
    const expected = status === ProfileStatus.APPROVED ? 'FORBIDDEN' : 'NOT_FOUND';
    for (const stranger of [hiring, userCaller('FREELANCER')])
      for (const action of actions) expect(await refusal(stranger, id, action)).toMatchObject({ code: expected });
  });
});

describe('each step of the table', () => {
  const steps = profileMachine.transitions.flatMap(({ action, from, to, by }) =>
    from.flatMap((status) => by.map((actor) => ({ actor, action, status, to }))),
  );

  test.each(steps)('lets the $actor $action a profile that is $status, which is $to then', async (step) => {
    const { owner, id } = await world.freelancerIn(step.status);
    const { profile } = await act(callerFor(step.actor, owner), id, step.action);
    expect(profile.status).toBe(step.to);
  });
});

describe('an action', () => {
  test('writes a SYSTEM note with who acted and what they said', async () => {
    const { owner, id } = await world.freelancerIn('SUBMITTED');
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

  test('writes no note when it is refused', async () => {
    const { id } = await world.freelancerIn('SUBMITTED');
    await refusal(reviewer, id, 'RESTORE');
    const { profile } = await act(reviewer, id, 'CLAIM');
    expect(profile.internal.notes.edges).toHaveLength(2);
  });

  test('says to the owner what the moderator said, until they submit again', async () => {
    const { owner, id } = await world.freelancerIn('SUBMITTED');
    await act(reviewer, id, 'REQUEST_CHANGES', 'Add a second piece.');
    const own = '{ myFreelancerProfile { ownDetails { reviewMessage } internal { email } } }';
    expect((await world.query(owner, own)).myFreelancerProfile).toEqual({
      ownDetails: { reviewMessage: 'Add a second piece.' },
      internal: null,
    });
    await world.mutate(owner, 'actOnFreelancerProfile', { profileId: id, action: 'SUBMIT' }, '__typename');
    expect((await world.query(owner, own)).myFreelancerProfile.ownDetails.reviewMessage).toBeNull();
  });

  test('CLAIM names the reviewer, a decision is dated, RETRACT takes the reviewer off', async () => {
    const { owner, id } = await world.freelancerIn('SUBMITTED');
    const claimed = await act(admin, id, 'CLAIM');
    expect(claimed.profile.internal).toMatchObject({ reviewOwner: { id: admin.id }, lastReviewedAt: null });
    const approved = await act(reviewer, id, 'APPROVE');
    expect(approved.profile.internal).toMatchObject({
      reviewOwner: { id: admin.id },
      lastReviewedAt: expect.any(String),
    });
    const other = await world.freelancerIn('UNDER_REVIEW');
    await act(other.owner, other.id, 'RETRACT');
    const { freelancer } = await world.query(
      admin,
      'query ($id: ID) { freelancer(id: $id) { internal { reviewOwner { id } } } }',
      { id: other.id },
    );
    expect(freelancer.internal.reviewOwner).toBeNull();
    expect(owner.id).not.toBe(other.owner.id);
  });

  test('APPROVE makes a profile public at once, SUSPEND takes it away', async () => {
    const { id, slug } = await world.freelancerIn('SUBMITTED', 'Public Person');
    const seen = () => world.query(guest, 'query ($slug: String) { freelancer(slug: $slug) { id } }', { slug });
    expect(await seen()).toEqual({ freelancer: null });
    await act(reviewer, id, 'APPROVE');
    expect(await seen()).toEqual({ freelancer: { id } });
    await act(reviewer, id, 'SUSPEND');
    expect(await seen()).toEqual({ freelancer: null });
  });

  test('is for people who are signed in, on profiles that there are', async () => {
    const { id } = await world.freelancerIn('APPROVED');
    expect(await refusal(guest, id, 'SUSPEND')).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await refusal(machineCaller('shows.write'), id, 'SUSPEND')).toMatchObject({ code: 'FORBIDDEN' });
    for (const nothing of [randomUUID(), 'nothing'])
      expect(await refusal(reviewer, nothing, 'SUSPEND')).toMatchObject({ code: 'NOT_FOUND' });
    expect(
      await world.refusal(reviewer, 'actOnFreelancerProfile', {
        profileId: id,
        action: 'SUSPEND',
        note: 'x'.repeat(2001),
      }),
    ).toMatchObject({ fields: [{ path: 'input.note', message: 'must have at most 2000 characters' }] });
  });
});

describe('a submission', () => {
  test('names each thing that is missing', async () => {
    const owner = userCaller();
    const { profile } = await world.mutate(owner, 'saveFreelancerProfile', {}, 'profile { id }');
    expect(await refusal(owner, profile.id, 'SUBMIT')).toEqual({
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
  ])('is refused for want of %s alone', async (field, without) => {
    const { owner, id } = await world.freelancer('Somebody Whole', without);
    const { fields } = await refusal(owner, id, 'SUBMIT');
    expect(fields.map(({ path }: { path: string }) => path)).toEqual([field]);
  });

  test('needs an asset that the public can come to see', async () => {
    const { owner, id } = await world.freelancer();
    const { myFreelancerProfile } = await world.query(owner, '{ myFreelancerProfile { portfolio { id } } }');
    const assetId = myFreelancerProfile.portfolio[0].id;
    const paths = async () => (await refusal(owner, id, 'SUBMIT')).fields?.map(({ path }: { path: string }) => path);
    for (const visibility of ['HIDDEN', 'INTERNAL']) {
      await world.mutate(owner, 'updatePortfolioAsset', { assetId, visibility }, '__typename');
      expect(await paths()).toEqual(['portfolio']);
    }
    await world.mutate(owner, 'updatePortfolioAsset', { assetId, visibility: 'PUBLIC' }, '__typename');
    await world.mutate(reviewer, 'reviewPortfolioAsset', { assetId, review: 'REJECTED' }, '__typename');
    expect(await paths()).toEqual(['portfolio']);
    await world.mutate(owner, 'removePortfolioAsset', { assetId }, '__typename');
    expect(await paths()).toEqual(['portfolio']);
    await world.mutate(owner, 'addPortfolioAsset', link('Another'), '__typename');
    expect((await act(owner, id, 'SUBMIT')).profile.status).toBe('SUBMITTED');
  });
});

test('of those who moderate one profile at the same time one wins, and the others are told so', async () => {
  const { id } = await world.freelancerIn('UNDER_REVIEW');
  const decisions = Array.from(
    { length: 20 },
    (_, index) => (['APPROVE', 'REJECT', 'REQUEST_CHANGES'] as const)[index % 3]!,
  );
  const document = `mutation ($input: ActOnFreelancerProfileInput!) { actOnFreelancerProfile(input: $input) { profile { status } } }`;
  const answers = await Promise.all(
    decisions.map((action) =>
      world.jobs.request(document, { caller: userCaller('REVIEWER'), variables: { input: { profileId: id, action } } }),
    ),
  );
  const won = answers.filter(({ errors }) => errors.length === 0);
  expect(won).toHaveLength(1);
  const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
  expect(codes).toEqual(Array.from({ length: 19 }, () => 'INVALID_TRANSITION'));
  const { freelancer } = await world.query(
    admin,
    'query ($id: ID) { freelancer(id: $id) { status internal { notes { edges { node { kind } } } } } }',
    { id },
  );
  expect(freelancer.status).toBe(won[0]?.data.actOnFreelancerProfile.profile.status);
  expect(freelancer.internal.notes.edges).toHaveLength(3);
});
