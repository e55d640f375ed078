import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import {
  admin,
  linkAsset,
  openProfileFixture,
  completeProfile,
  type ProfileFixture,
} from '../fixtures/profile-fixture.js';

let fixture: ProfileFixture;
beforeAll(async () => {
  fixture = await openProfileFixture();
});
afterAll(() => fixture.service.close());

const fields = `profile { id slug name pronouns summary status websiteLinks { label url } currentLocations
  styles { label } avatar { id } usesAi ownDetails { email } owner { id } }`;

function save(owner: UserCaller, input: object) {
  return fixture.mutate(owner, 'saveFreelancerProfile', input, fields).then(({ profile }) => profile);
}

async function getProblems(input: object, owner = userCaller()): Promise<Record<string, string>> {
  const { code, fields: found } = await fixture.getMutationError(owner, 'saveFreelancerProfile', input);
  expect(code).toBe('BAD_USER_INPUT');
  return Object.fromEntries(found.map(({ path, message }: { path: string; message: string }) => [path, message]));
}

describe('saveFreelancerProfile', () => {
  test('creates a DRAFT, which is myFreelancerProfile of its owner', async () => {
    const owner = userCaller();
    const made = await save(owner, { name: '  Ines Duarte ', pronouns: 'she/her' });
    expect(made).toMatchObject({ name: 'Ines Duarte', slug: 'ines-duarte', status: 'DRAFT', owner: { id: owner.id } });
    const { myFreelancerProfile } = await fixture.query(owner, '{ myFreelancerProfile { id pronouns } }');
    expect(myFreelancerProfile).toEqual({ id: made.id, pronouns: 'she/her' });
  });

  test('changes the given fields and clears those that are null', async () => {
    const owner = userCaller();
    await save(owner, { ...completeProfile(fixture.terms), summary: 'Paints.', pronouns: 'they' });
    const changed = await save(owner, { summary: null, pronouns: '  ', usesAi: true });
    expect(changed).toMatchObject({
      summary: null,
      pronouns: null,
      usesAi: true,
      currentLocations: ['Lisbon, Portugal'],
      styles: [{ label: 'Watercolour' }],
      ownDetails: { email: 'mira@example.com' },
    });
  });

  test('keeps the order of lists and removes duplicates', async () => {
    const { Collage, Watercolour } = fixture.terms;
    const links = [
      { label: 'Shop', url: 'https://example.com/shop' },
      { label: 'Blog', url: 'http://example.com/blog' },
    ];
    const saved = await save(userCaller(), { styleIds: [Collage, Watercolour, Collage], websiteLinks: links });
    expect(saved).toMatchObject({ styles: [{ label: 'Collage' }, { label: 'Watercolour' }], websiteLinks: links });
  });

  test('creates one profile for fifty concurrent first saves', async () => {
    const owner = userCaller();
    const saved = await Promise.all(Array.from({ length: 50 }, () => save(owner, { name: 'Only One' })));
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    expect(saved[0].slug).toBe('only-one');
  });

  test('requires a signed-in user', async () => {
    expect(await fixture.getMutationError(guest, 'saveFreelancerProfile', {})).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await fixture.getMutationError(machineCaller('shows.write'), 'saveFreelancerProfile', {})).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await fixture.query(guest, '{ myFreelancerProfile { id } }')).toEqual({ myFreelancerProfile: null });
    expect(await fixture.query(machineCaller(), '{ myFreelancerProfile { id } }')).toEqual({
      myFreelancerProfile: null,
    });
  });
});

describe('a slug', () => {
  test('is numbered if the name is taken, also under concurrency', async () => {
    const saved = await Promise.all(Array.from({ length: 12 }, () => save(userCaller(), { name: 'Sam Lee' })));
    const expected = ['sam-lee', ...Array.from({ length: 11 }, (_, index) => `sam-lee-${index + 2}`)];
    expect(saved.map(({ slug }) => slug).sort()).toEqual(expected.sort());
  });

  test('does not collide with a name that ends like a suffix', async () => {
    expect((await save(userCaller(), { name: 'Ann' })).slug).toBe('ann');
    expect((await save(userCaller(), { name: 'Ann 2' })).slug).toBe('ann-2');
    expect((await save(userCaller(), { name: 'Ánn' })).slug).toBe('ann-3');
  });

  test('stays the same when the name changes', async () => {
    const owner = userCaller();
    await save(owner, { name: 'Before Marriage' });
    expect(await save(owner, { name: 'After Marriage' })).toMatchObject({
      name: 'After Marriage',
      slug: 'before-marriage',
    });
  });

  test('is generated from the first name that is saved', async () => {
    const owner = userCaller();
    expect((await save(owner, { summary: 'No name yet.' })).slug).toMatch(/^freelancer(-\d+)?$/);
    expect((await save(owner, { name: 'Late Name' })).slug).toBe('late-name');
  });

  test('has a default for a name without usable characters', async () => {
    expect((await save(userCaller(), { name: '山田 太郎' })).slug).toMatch(/^freelancer(-\d+)?$/);
  });
});

describe('saveFreelancerProfile is rejected', () => {
  test('with every invalid field at once', async () => {
    const { Fantasy } = fixture.terms;
    const found = await getProblems({
      name: ' ',
      summary: 'x'.repeat(301),
      statement: 'x'.repeat(5001),
      websiteLinks: [{ label: '', url: 'ftp://example.com' }],
      currentLocations: Array.from({ length: 11 }, (_, index) => `Town ${index}`),
      booksExcitedAbout: ['x'.repeat(201)],
      styleIds: [Fantasy, 'nonsense', randomUUID()],
      usesAi: null,
    });
    expect(Object.keys(found)).toEqual([
      'input.name',
      'input.summary',
      'input.statement',
      'input.websiteLinks.0.label',
      'input.websiteLinks.0.url',
      'input.currentLocations',
      'input.styleIds.0',
      'input.styleIds.1',
      'input.styleIds.2',
      'input.usesAi',
      'input.booksExcitedAbout.0',
    ]);
    expect(found['input.styleIds.1']).toBe('"nonsense" is not the id of a term of the category STYLE');
  });

  test('for texts with too many grapheme clusters', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect((await save(userCaller(), { pronouns: family.repeat(50) })).pronouns).toBe(family.repeat(50));
    expect(await getProblems({ pronouns: family.repeat(51) })).toEqual({
      'input.pronouns': 'must have at most 50 characters',
    });
  });

  test('for clearing the name', async () => {
    expect(await getProblems({ name: null })).toEqual({ 'input.name': 'cannot be cleared' });
  });

  test('for an inactive term, unless the profile already has it', async () => {
    const owner = userCaller();
    const { id } = (
      await fixture.mutate(admin, 'saveTaxonomyTerm', { category: 'STYLE', label: 'Airbrush' }, 'term { id }')
    ).term;
    await save(owner, { styleIds: [id] });
    await fixture.mutate(admin, 'saveTaxonomyTerm', { id, isActive: false }, '__typename');
    expect((await save(owner, { styleIds: [id, fixture.terms['Collage']] })).styles).toHaveLength(2);
    expect(await getProblems({ styleIds: [id] })).toEqual({ 'input.styleIds.0': '"Airbrush" is inactive' });
  });

  test.each([
    ['avatarId', 'AVATAR'],
    ['resumeId', 'PORTFOLIO'],
  ])('if %s is not media that the owner uploaded for this purpose', async (field, purpose) => {
    const owner = userCaller();
    const ofStranger = mediaIds.make(userCaller().id, purpose);
    const forAnother = mediaIds.make(owner.id, 'COVER');
    for (const id of [ofStranger, forAnother, randomUUID(), 'nonsense'])
      expect(await fixture.getMutationError(owner, 'saveFreelancerProfile', { [field]: id })).toMatchObject({
        code: 'NOT_FOUND',
      });
    const own = mediaIds.make(owner.id, purpose);
    await fixture.mutate(owner, 'saveFreelancerProfile', { [field]: own }, fields);
    await fixture.mutate(owner, 'saveFreelancerProfile', { [field]: null }, fields);
  });

  test('for clearing a required field of a public profile', async () => {
    const { owner } = await fixture.createFreelancerInStatus('APPROVED');
    expect(await getProblems({ statement: '', styleIds: [], summary: 'New' }, owner)).toEqual({
      'input.statement': 'cannot be cleared while the profile is APPROVED',
      'input.styles': 'cannot be cleared while the profile is APPROVED',
    });
    expect(await save(owner, { summary: 'New' })).toMatchObject({ summary: 'New', status: 'APPROVED' });
  });
});

test('a DRAFT may be empty', async () => {
  const owner = userCaller();
  expect(await save(owner, {})).toMatchObject({ name: '', status: 'DRAFT' });
  await fixture.mutate(owner, 'addPortfolioAsset', linkAsset('First'), '__typename');
});
