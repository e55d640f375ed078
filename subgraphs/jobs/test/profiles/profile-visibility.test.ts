import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { ProfileStatus } from '../../src/profiles/profile-status.js';
import { mediaIds } from '../fixtures/jobs-service.js';
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

const byEveryKey = `query ($id: ID, $slug: String, $all: [_Any!]!) {
  byId: freelancer(id: $id) { id } bySlug: freelancer(slug: $slug) { id }
  _entities(representations: $all) { ... on FreelancerProfile { id } ... on User { freelancerProfile { id } } } }`;

describe('a profile that is not APPROVED', () => {
  test.each(Object.values(ProfileStatus).filter((status) => status !== ProfileStatus.APPROVED))(
    'but %s is visible to its owner, reviewers and admins only, by every key',
    async (status) => {
      const { owner, id, slug } = await fixture.createFreelancerInStatus(status);
      const all = [
        { __typename: 'FreelancerProfile', id },
        { __typename: 'FreelancerProfile', slug },
        { __typename: 'User', id: owner.id },
      ];
      const seen = (caller: Caller) => fixture.query(caller, byEveryKey, { id, slug, all });
      const everywhere = { byId: { id }, bySlug: { id }, _entities: [{ id }, { id }, { freelancerProfile: { id } }] };
      for (const insider of [owner, reviewer, admin]) expect(await seen(insider)).toEqual(everywhere);
      const nowhere = { byId: null, bySlug: null, _entities: [null, null, { freelancerProfile: null }] };
      for (const outsider of [guest, machineCaller('shows.read'), userCaller('FREELANCER'), hiring])
        expect(await seen(outsider)).toEqual(nowhere);
    },
  );
});

describe('an APPROVED profile', () => {
  const secrets = `query ($id: ID) { freelancer(id: $id) { name
    internal { email hasAgent agentDetails employerDetails } ownDetails { email hasAgent agentDetails employerDetails } } }`;
  const details = { email: 'mira@example.com', hasAgent: true, agentDetails: 'Agency', employerDetails: 'Press' };

  test('shows its internals to staff, and the own details to its owner', async () => {
    const { owner, id } = await fixture.createFreelancerInStatus('APPROVED', 'Open', details);
    const seen = async (caller: Caller) => (await fixture.query(caller, secrets, { id })).freelancer;
    for (const outsider of [guest, machineCaller('shows.read'), userCaller('FREELANCER')])
      expect(await seen(outsider)).toEqual({ name: 'Open', internal: null, ownDetails: null });
    for (const insider of [hiring, reviewer, admin])
      expect(await seen(insider)).toEqual({ name: 'Open', internal: details, ownDetails: null });
    expect(await seen(owner)).toEqual({ name: 'Open', internal: null, ownDetails: details });
  });

  test('references its media by key', async () => {
    const { owner, id } = await fixture.createFreelancerInStatus('APPROVED');
    const [avatarId, resumeId] = [mediaIds.make(owner.id, 'AVATAR'), mediaIds.make(owner.id, 'PORTFOLIO')];
    await fixture.mutate(owner, 'saveFreelancerProfile', { avatarId, resumeId }, '__typename');
    const document = 'query ($id: ID) { freelancer(id: $id) { avatar { __typename id } resume { __typename id } } }';
    expect((await fixture.query(guest, document, { id })).freelancer).toEqual({
      avatar: { __typename: 'Media', id: avatarId },
      resume: { __typename: 'Media', id: resumeId },
    });
  });

  test('is featured by reviewers and admins only', async () => {
    const { owner, id: profileId } = await fixture.createFreelancerInStatus('APPROVED');
    for (const featured of [true, true, false]) {
      const { profile } = await fixture.mutate(
        reviewer,
        'setFeatured',
        { profileId, featured },
        'profile { featured }',
      );
      expect(profile.featured).toBe(featured);
    }
    const input = { profileId, featured: true };
    expect(await fixture.getMutationError(guest, 'setFeatured', input)).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [owner, hiring, machineCaller('shows.write')])
      expect(await fixture.getMutationError(caller, 'setFeatured', input)).toMatchObject({ code: 'FORBIDDEN' });
    const nobody = { profileId: randomUUID(), featured: true };
    expect(await fixture.getMutationError(admin, 'setFeatured', nobody)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('freelancer requires exactly one of id and slug', async () => {
  const document = 'query ($id: ID, $slug: String) { freelancer(id: $id, slug: $slug) { id } }';
  for (const variables of [{}, { id: randomUUID(), slug: 'x' }]) {
    const { errors } = await fixture.service.request(document, { variables });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'id' }] });
  }
  for (const variables of [{ id: 'nothing' }, { slug: 'No Slug' }, { slug: 'nobody' }, { slug: '\u0000' }])
    expect(await fixture.query(guest, document, variables)).toEqual({ freelancer: null });
});

test('an asset resolves as an entity reference if the caller may see it', async () => {
  const { owner } = await fixture.createFreelancerInStatus('APPROVED');
  const { asset } = await fixture.mutate(owner, 'addPortfolioAsset', linkAsset('Key'), 'asset { id }');
  const all = [
    { __typename: 'PortfolioAsset', id: asset.id },
    { __typename: 'PortfolioAsset', id: 'nothing' },
  ];
  const document = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on PortfolioAsset { title } } }';
  expect((await fixture.query(guest, document, { all }))._entities).toEqual([null, null]);
  expect((await fixture.query(owner, document, { all }))._entities).toEqual([{ title: 'Key' }, null]);
});
