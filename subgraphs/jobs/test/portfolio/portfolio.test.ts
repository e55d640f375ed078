import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import {
  admin,
  hiring,
  linkAsset,
  openProfileFixture,
  reviewer,
  type Freelancer,
  type ProfileFixture,
} from '../fixtures/profile-fixture.js';

let fixture: ProfileFixture;
beforeAll(async () => {
  fixture = await openProfileFixture();
});
afterAll(() => fixture.service.close());

const fields = 'id title description type url media { id } visibility review position tags { label }';

async function add(owner: Caller, input: object) {
  return (await fixture.mutate(owner, 'addPortfolioAsset', input, `asset { ${fields} }`)).asset;
}

async function update(owner: Caller, input: object) {
  return (await fixture.mutate(owner, 'updatePortfolioAsset', input, `asset { ${fields} }`)).asset;
}

async function review(assetId: string, decision: string) {
  return fixture.mutate(reviewer, 'reviewPortfolioAsset', { assetId, review: decision }, `asset { ${fields} }`);
}

async function listTitles(caller: Caller, { id }: Freelancer): Promise<string[]> {
  const document = 'query ($id: ID) { freelancer(id: $id) { portfolio { title } } }';
  const { freelancer } = await fixture.query(caller, document, { id });
  return freelancer.portfolio.map(({ title }: { title: string }) => title);
}

describe('an asset', () => {
  test('is added at the end, PUBLIC and PENDING', async () => {
    const { owner } = await fixture.createFreelancer();
    const tagIds = [fixture.terms['Dragon'], fixture.terms['Watercolour']];
    expect(await add(owner, { ...linkAsset('Dragon map'), description: ' Ink. ', tagIds })).toMatchObject({
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

  test.each(['IMAGE', 'PDF'])('of the type %s requires media that its owner uploaded for a portfolio', async (type) => {
    const { owner } = await fixture.createFreelancer();
    const mediaId = mediaIds.make(owner.id, 'PORTFOLIO');
    expect(await add(owner, { title: 'Upload', type, mediaId })).toMatchObject({ media: { id: mediaId }, url: null });
    for (const foreign of [
      mediaIds.make(userCaller().id, 'PORTFOLIO'),
      mediaIds.make(owner.id, 'AVATAR'),
      randomUUID(),
      'x',
    ])
      expect(
        await fixture.getMutationError(owner, 'addPortfolioAsset', { title: 'Stolen', type, mediaId: foreign }),
      ).toMatchObject({
        code: 'NOT_FOUND',
      });
  });

  test('is rejected with every invalid field at once', async () => {
    const { owner } = await fixture.createFreelancer();
    const refused = async (input: object) => {
      const { code, fields: problems } = await fixture.getMutationError(owner, 'addPortfolioAsset', input);
      expect(code).toBe('BAD_USER_INPUT');
      return problems.map(({ path, message }: { path: string; message: string }) => `${path} ${message}`);
    };
    const { Scholars } = fixture.terms;
    expect(
      await refused({
        title: ' ',
        description: 'x'.repeat(2001),
        type: 'IMAGE',
        url: 'https://example.com',
        tagIds: [Scholars],
      }),
    ).toEqual([
      'input.title must have at least 1 characters',
      'input.description must have at most 2000 characters',
      'input.mediaId is required for IMAGE',
      'input.url is not allowed for IMAGE',
      `input.tagIds.0 "${Scholars}" is not the id of a term of the category IMAGE_TAG or STYLE or GENRE`,
    ]);
    expect(await refused({ title: 'x', type: 'VIDEO', mediaId: mediaIds.make(owner.id, 'PORTFOLIO') })).toEqual([
      'input.mediaId is not allowed for VIDEO',
      'input.url is required for VIDEO',
    ]);
    expect(await refused({ title: 'x', type: 'LINK', url: 'javascript:alert(1)' })).toEqual([
      'input.url must be an http or https address',
    ]);
  });

  test('requires a freelancer profile of the caller', async () => {
    expect(await fixture.getMutationError(userCaller(), 'addPortfolioAsset', linkAsset('x'))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await fixture.getMutationError(guest, 'addPortfolioAsset', linkAsset('x'))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await fixture.getMutationError(machineCaller(), 'addPortfolioAsset', linkAsset('x'))).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('updatePortfolioAsset', () => {
  test('sets the review back to PENDING for new content only', async () => {
    const { owner } = await fixture.createFreelancer();
    const { id: assetId } = await add(owner, linkAsset('Before'));
    await review(assetId, 'APPROVED');
    expect(await update(owner, { assetId, visibility: 'INTERNAL', tagIds: [fixture.terms['Forest']] })).toMatchObject({
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

  test('rejects fields of another type and media of another user', async () => {
    const { owner } = await fixture.createFreelancer();
    const image = await add(owner, { title: 'Image', type: 'IMAGE', mediaId: mediaIds.make(owner.id, 'PORTFOLIO') });
    const refused = (input: object) =>
      fixture.getMutationError(owner, 'updatePortfolioAsset', { assetId: image.id, ...input });
    expect(await refused({ url: 'https://example.com', mediaId: null, title: null })).toMatchObject({
      fields: [{ path: 'input.title' }, { path: 'input.mediaId' }, { path: 'input.url' }],
    });
    expect(await refused({ mediaId: mediaIds.make(userCaller().id, 'PORTFOLIO') })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const mediaId = mediaIds.make(owner.id, 'PORTFOLIO');
    expect(await update(owner, { assetId: image.id, mediaId })).toMatchObject({ media: { id: mediaId } });
  });

  test('is FORBIDDEN for other callers who see the asset, and NOT_FOUND for those who do not', async () => {
    const { owner } = await fixture.createFreelancerInStatus('APPROVED');
    const { id: assetId } = await add(owner, linkAsset('Mine'));
    for (const name of ['updatePortfolioAsset', 'removePortfolioAsset']) {
      expect(await fixture.getMutationError(userCaller(), name, { assetId })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await fixture.getMutationError(reviewer, name, { assetId })).toMatchObject({ code: 'FORBIDDEN' });
      expect(await fixture.getMutationError(guest, name, { assetId })).toMatchObject({ code: 'UNAUTHENTICATED' });
      for (const nothing of [randomUUID(), 'nothing'])
        expect(await fixture.getMutationError(owner, name, { assetId: nothing })).toMatchObject({ code: 'NOT_FOUND' });
    }
    await review(assetId, 'APPROVED');
    expect(await fixture.getMutationError(userCaller(), 'removePortfolioAsset', { assetId })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('a portfolio', () => {
  test('shows PUBLIC assets to everyone, INTERNAL ones to staff, and all to its owner and moderators', async () => {
    const person = await fixture.createFreelancerInStatus('APPROVED');
    await review((await add(person.owner, linkAsset('Public'))).id, 'APPROVED');
    await review((await add(person.owner, linkAsset('Refused'))).id, 'REJECTED');
    await review((await add(person.owner, linkAsset('Taken down'))).id, 'HIDDEN');
    await review((await add(person.owner, { ...linkAsset('For staff'), visibility: 'INTERNAL' })).id, 'APPROVED');
    await review((await add(person.owner, { ...linkAsset('For me'), visibility: 'HIDDEN' })).id, 'APPROVED');
    for (const outsider of [guest, machineCaller('shows.read'), userCaller('FREELANCER')])
      expect(await listTitles(outsider, person)).toEqual(['Public']);
    expect(await listTitles(hiring, person)).toEqual(['Public', 'For staff']);
    const all = ['A cover', 'Public', 'Refused', 'Taken down', 'For staff', 'For me'];
    for (const insider of [person.owner, reviewer, admin]) expect(await listTitles(insider, person)).toEqual(all);
  });

  test('has at most 20 assets, also under concurrency', async () => {
    const person = await fixture.createFreelancer();
    for (let count = 2; count <= 19; count += 1) await add(person.owner, linkAsset(`Asset ${count}`));
    const document =
      'mutation ($input: AddPortfolioAssetInput!) { addPortfolioAsset(input: $input) { asset { position } } }';
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        fixture.service.request(document, { caller: person.owner, variables: { input: linkAsset(`Late ${index}`) } }),
      ),
    );
    const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    expect(codes).toEqual(Array.from({ length: 49 }, () => 'CONFLICT'));
    expect(await listTitles(person.owner, person)).toHaveLength(20);
  });

  test('has room again after an asset is removed, which is then hidden from every caller', async () => {
    const person = await fixture.createFreelancerInStatus('APPROVED');
    const { id: assetId } = await add(person.owner, linkAsset('Old'));
    for (let count = 3; count <= 20; count += 1) await add(person.owner, linkAsset(`Asset ${count}`));
    await fixture.mutate(person.owner, 'removePortfolioAsset', { assetId }, 'profile { id }');
    expect(await listTitles(reviewer, person)).not.toContain('Old');
    expect(await fixture.getMutationError(person.owner, 'removePortfolioAsset', { assetId })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(
      await fixture.getMutationError(reviewer, 'reviewPortfolioAsset', { assetId, review: 'APPROVED' }),
    ).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await add(person.owner, linkAsset('New'))).title).toBe('New');
  });

  test('is reordered by its owner', async () => {
    const person = await fixture.createFreelancer();
    const ids = [(await add(person.owner, linkAsset('Second'))).id, (await add(person.owner, linkAsset('Third'))).id];
    const { myFreelancerProfile } = await fixture.query(person.owner, '{ myFreelancerProfile { portfolio { id } } }');
    const assetIds = [...ids.reverse(), myFreelancerProfile.portfolio[0].id];
    const { profile } = await fixture.mutate(
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
      expect(await fixture.getMutationError(person.owner, 'reorderPortfolio', { assetIds: wrong })).toMatchObject({
        fields: [{ path: 'input.assetIds', message: 'must contain each of your 3 assets exactly once' }],
      });
    expect(await fixture.getMutationError(userCaller(), 'reorderPortfolio', { assetIds })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('reviewPortfolioAsset', () => {
  test('is limited to reviewers and admins', async () => {
    const person = await fixture.createFreelancerInStatus('APPROVED');
    const { id: assetId } = await add(person.owner, linkAsset('Look'));
    const refused = (caller: Caller) =>
      fixture.getMutationError(caller, 'reviewPortfolioAsset', { assetId, review: 'APPROVED' });
    expect(await refused(guest)).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const caller of [machineCaller('shows.write'), person.owner, hiring, userCaller()])
      expect(await refused(caller)).toMatchObject({ code: 'FORBIDDEN' });
    const { asset } = await fixture.mutate(
      admin,
      'reviewPortfolioAsset',
      { assetId, review: 'APPROVED' },
      'asset { review }',
    );
    expect(asset.review).toBe('APPROVED');
  });

  test('rejects PENDING and unknown assets', async () => {
    const { owner } = await fixture.createFreelancer();
    const { id: assetId } = await add(owner, linkAsset('Look'));
    expect(
      await fixture.getMutationError(reviewer, 'reviewPortfolioAsset', { assetId, review: 'PENDING' }),
    ).toMatchObject({
      fields: [{ path: 'input.review', message: 'must be APPROVED, REJECTED or HIDDEN' }],
    });
    for (const nothing of [randomUUID(), 'nothing'])
      expect(
        await fixture.getMutationError(reviewer, 'reviewPortfolioAsset', { assetId: nothing, review: 'HIDDEN' }),
      ).toMatchObject({
        code: 'NOT_FOUND',
      });
  });
});
