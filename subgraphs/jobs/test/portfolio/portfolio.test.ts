import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import {
  admin,
  hiring,
  link,
  openTalent,
  reviewer,
  type Freelancer,
  type Talent,
} from '../fixtures/profile-fixture.js';

let world: Talent;
beforeAll(async () => {
  world = await openTalent();
});
afterAll(() => world.jobs.close());

const fields = 'id title description type url media { id } visibility review position tags { label }';

async function add(owner: Caller, input: object) {
  return (await world.mutate(owner, 'addPortfolioAsset', input, `asset { ${fields} }`)).asset;
}

async function update(owner: Caller, input: object) {
  return (await world.mutate(owner, 'updatePortfolioAsset', input, `asset { ${fields} }`)).asset;
}

async function review(assetId: string, decision: string) {
  return world.mutate(reviewer, 'reviewPortfolioAsset', { assetId, review: decision }, `asset { ${fields} }`);
}

async function titles(caller: Caller, { id }: Freelancer): Promise<string[]> {
  const document = 'query ($id: ID) { freelancer(id: $id) { portfolio { title } } }';
  const { freelancer } = await world.query(caller, document, { id });
  return freelancer.portfolio.map(({ title }: { title: string }) => title);
}

describe('an asset', () => {
  test('comes last, is public and waits for its review', async () => {
    const { owner } = await world.freelancer();
    const tagIds = [world.terms['Dragon'], world.terms['Watercolour']];
    expect(await add(owner, { ...link('Dragon map'), description: ' Ink. ', tagIds })).toMatchObject({
      title: 'Dragon map',
      description: 'Ink.',
      url: 'https://example.com/work',
      media: null,
      visibility: 'PUBLIC',
      review: 'PENDING',
      position: 2,
      tags: [{ label: 'Dragon' }, { label: 'Watercolour' }],
    });
  });

  test.each(['IMAGE', 'PDF'])('of the type %s holds media that its owner uploaded for a portfolio', async (type) => {
    const { owner } = await world.freelancer();
    const mediaId = mediaIds.make(owner.id, 'PORTFOLIO');
    expect(await add(owner, { title: 'Upload', type, mediaId })).toMatchObject({ media: { id: mediaId }, url: null });
    for (const foreign of [
      mediaIds.make(userCaller().id, 'PORTFOLIO'),
      mediaIds.make(owner.id, 'AVATAR'),
      randomUUID(),
      'x',
    ])
      expect(
        await world.refusal(owner, 'addPortfolioAsset', { title: 'Stolen', type, mediaId: foreign }),
      ).toMatchObject({
        code: 'NOT_FOUND',
      });
  });

  test('is refused with every problem at once', async () => {
    const { owner } = await world.freelancer();
    const refused = async (input: object) => {
      const { code, fields: problems } = await world.refusal(owner, 'addPortfolioAsset', input);
      expect(code).toBe('BAD_USER_INPUT');
      return problems.map(({ path, message }: { path: string; message: string }) => `${path} ${message}`);
    };
    const { Children } = world.terms;
    expect(
      await refused({
        title: ' ',
        description: 'x'.repeat(2001),
        type: 'IMAGE',
        url: 'https://example.com',
        tagIds: [Children],
      }),
    ).toEqual([
      'input.title must have at least 1 characters',
      'input.description must have at most 2000 characters',
      'input.mediaId is required for IMAGE',
      'input.url is not allowed for IMAGE',
      `input.tagIds.0 "${Children}" is not the id of a term of the category IMAGE_TAG or STYLE or GENRE`,
    ]);
    expect(await refused({ title: 'x', type: 'VIDEO', mediaId: mediaIds.make(owner.id, 'PORTFOLIO') })).toEqual([
      'input.mediaId is not allowed for VIDEO',
      'input.url is required for VIDEO',
    ]);
    expect(await refused({ title: 'x', type: 'LINK', url: 'javascript:alert(1)' })).toEqual([
      'input.url must be an http or https address',
    ]);
  });

  test('needs a profile to stand in, and somebody who owns it', async () => {
    expect(await world.refusal(userCaller(), 'addPortfolioAsset', link('x'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusal(guest, 'addPortfolioAsset', link('x'))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.refusal(machineCaller(), 'addPortfolioAsset', link('x'))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a change of an asset', () => {
  test('of its content sends it to its review again, of anything else does not', async () => {
    const { owner } = await world.freelancer();
    const { id: assetId } = await add(owner, link('Before'));
    await review(assetId, 'APPROVED');
    expect(await update(owner, { assetId, visibility: 'INTERNAL', tagIds: [world.terms['Forest']] })).toMatchObject({
      review: 'APPROVED',
      visibility: 'INTERNAL',
      tags: [{ label: 'Forest' }],
    });
    expect(await update(owner, { assetId, title: 'Before' })).toMatchObject({ review: 'APPROVED' });
    expect(await update(owner, { assetId, url: 'https://example.com/other' })).toMatchObject({ review: 'PENDING' });
    await review(assetId, 'APPROVED');
    expect(await update(owner, { assetId, title: 'After', description: 'New' })).toMatchObject({
      title: 'After',
      review: 'PENDING',
    });
    expect(await update(owner, { assetId, description: null })).toMatchObject({ title: 'After', description: null });
  });

  test('is refused where it does not go with the type, or the media is not the owner’s', async () => {
    const { owner } = await world.freelancer();
    const image = await add(owner, { title: 'Image', type: 'IMAGE', mediaId: mediaIds.make(owner.id, 'PORTFOLIO') });
    const refused = (input: object) => world.refusal(owner, 'updatePortfolioAsset', { assetId: image.id, ...input });
    expect(await refused({ url: 'https://example.com', mediaId: null, title: null })).toMatchObject({
      fields: [{ path: 'input.title' }, { path: 'input.mediaId' }, { path: 'input.url' }],
    });
    expect(await refused({ mediaId: mediaIds.make(userCaller().id, 'PORTFOLIO') })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const mediaId = mediaIds.make(owner.id, 'PORTFOLIO');
    expect(await update(owner, { assetId: image.id, mediaId })).toMatchObject({ media: { id: mediaId } });
  });

  test('is for its owner: others are FORBIDDEN what they see, and know of nothing else', async () => {
    const { owner } = await world.freelancerIn('APPROVED');
    const { id: assetId } = await add(owner, link('Mine'));
    for (const name of ['updatePortfolioAsset', 'removePortfolioAsset']) {
      expect(await world.refusal(userCaller(), name, { assetId })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await world.refusal(reviewer, name, { assetId })).toMatchObject({ code: 'FORBIDDEN' });
      expect(await world.refusal(guest, name, { assetId })).toMatchObject({ code: 'UNAUTHENTICATED' });
      for (const nothing of [randomUUID(), 'nothing'])
        expect(await world.refusal(owner, name, { assetId: nothing })).toMatchObject({ code: 'NOT_FOUND' });
    }
    await review(assetId, 'APPROVED');
    expect(await world.refusal(userCaller(), 'removePortfolioAsset', { assetId })).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a portfolio', () => {
  test('shows everyone what is PUBLIC and APPROVED, the house what is INTERNAL, its owner and moderators all', async () => {
    const person = await world.freelancerIn('APPROVED');
    await review((await add(person.owner, link('Public'))).id, 'APPROVED');
    await review((await add(person.owner, link('Refused'))).id, 'REJECTED');
    await review((await add(person.owner, link('Put away'))).id, 'HIDDEN');
    await review((await add(person.owner, { ...link('For the house'), visibility: 'INTERNAL' })).id, 'APPROVED');
    await review((await add(person.owner, { ...link('For me'), visibility: 'HIDDEN' })).id, 'APPROVED');
    for (const outsider of [guest, machineCaller('shows.read'), userCaller('FREELANCER')])
      expect(await titles(outsider, person)).toEqual(['Public']);
    expect(await titles(hiring, person)).toEqual(['Public', 'For the house']);
    const all = ['A cover', 'Public', 'Refused', 'Put away', 'For the house', 'For me'];
    for (const insider of [person.owner, reviewer, admin]) expect(await titles(insider, person)).toEqual(all);
  });

  test('holds 20 assets, and no more when fifty come at once', async () => {
    const person = await world.freelancer();
    for (let count = 2; count <= 19; count += 1) await add(person.owner, link(`Asset ${count}`));
    const document =
      'mutation ($input: AddPortfolioAssetInput!) { addPortfolioAsset(input: $input) { asset { position } } }';
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        world.jobs.request(document, { caller: person.owner, variables: { input: link(`Late ${index}`) } }),
      ),
    );
    const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    expect(codes).toEqual(Array.from({ length: 49 }, () => 'CONFLICT'));
    expect(await titles(person.owner, person)).toHaveLength(20);
  });

  test('has room again when an asset is removed, which is then gone for everyone', async () => {
    const person = await world.freelancerIn('APPROVED');
    const { id: assetId } = await add(person.owner, link('Old'));
    for (let count = 3; count <= 20; count += 1) await add(person.owner, link(`Asset ${count}`));
    await world.mutate(person.owner, 'removePortfolioAsset', { assetId }, 'profile { id }');
    expect(await titles(reviewer, person)).not.toContain('Old');
    expect(await world.refusal(person.owner, 'removePortfolioAsset', { assetId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusal(reviewer, 'reviewPortfolioAsset', { assetId, review: 'APPROVED' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await add(person.owner, link('New'))).title).toBe('New');
  });

  test('takes the order that its owner gives it', async () => {
    const person = await world.freelancer();
    const ids = [(await add(person.owner, link('Second'))).id, (await add(person.owner, link('Third'))).id];
    const { myFreelancerProfile } = await world.query(person.owner, '{ myFreelancerProfile { portfolio { id } } }');
    const assetIds = [...ids.reverse(), myFreelancerProfile.portfolio[0].id];
    const { profile } = await world.mutate(
      person.owner,
      'reorderPortfolio',
      { assetIds },
      'profile { portfolio { title position } }',
    );
    expect(profile.portfolio).toEqual([
      { title: 'Third', position: 1 },
      { title: 'Second', position: 2 },
      { title: 'A cover', position: 3 },
    ]);
    for (const wrong of [
      assetIds.slice(1),
      [...assetIds, assetIds[0]],
      [...assetIds.slice(1), randomUUID()],
      ['x', 'y', 'z'],
    ])
      expect(await world.refusal(person.owner, 'reorderPortfolio', { assetIds: wrong })).toMatchObject({
        fields: [{ path: 'input.assetIds', message: 'must contain each of your 3 assets exactly once' }],
      });
    expect(await world.refusal(userCaller(), 'reorderPortfolio', { assetIds })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a review of an asset', () => {
  test('is for reviewers and admins', async () => {
    const person = await world.freelancerIn('APPROVED');
    const { id: assetId } = await add(person.owner, link('Look'));
    const refused = (caller: Caller) => world.refusal(caller, 'reviewPortfolioAsset', { assetId, review: 'APPROVED' });
    expect(await refused(guest)).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [machineCaller('shows.write'), person.owner, hiring, userCaller()])
      expect(await refused(caller)).toMatchObject({ code: 'FORBIDDEN' });
    const { asset } = await world.mutate(
      admin,
      'reviewPortfolioAsset',
      { assetId, review: 'APPROVED' },
      'asset { review }',
    );
    expect(asset.review).toBe('APPROVED');
  });

  test('has to decide something about an asset that there is', async () => {
    const { owner } = await world.freelancer();
    const { id: assetId } = await add(owner, link('Look'));
    expect(await world.refusal(reviewer, 'reviewPortfolioAsset', { assetId, review: 'PENDING' })).toMatchObject({
      fields: [{ path: 'input.review', message: 'must be APPROVED, REJECTED or HIDDEN' }],
    });
    for (const nothing of [randomUUID(), 'nothing'])
      expect(
        await world.refusal(reviewer, 'reviewPortfolioAsset', { assetId: nothing, review: 'HIDDEN' }),
      ).toMatchObject({
        code: 'NOT_FOUND',
      });
  });
});
