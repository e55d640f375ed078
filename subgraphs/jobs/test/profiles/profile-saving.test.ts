import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { mediaIds } from '../fixtures/jobs-service.js';
import { admin, link, openTalent, wholeProfile, type Talent } from '../fixtures/profile-fixture.js';

let world: Talent;
beforeAll(async () => {
  world = await openTalent();
});
afterAll(() => world.jobs.close());

const fields = `profile { id slug name pronouns summary status websiteLinks { label url } currentLocations
  styles { label } avatar { id } usesAi ownDetails { email } owner { id } }`;

function save(owner: UserCaller, input: object) {
  return world.mutate(owner, 'saveFreelancerProfile', input, fields).then(({ profile }) => profile);
}

async function problems(input: object, owner = userCaller()): Promise<Record<string, string>> {
  const { code, fields: found } = await world.refusal(owner, 'saveFreelancerProfile', input);
  expect(code).toBe('BAD_USER_INPUT');
  return Object.fromEntries(found.map(({ path, message }: { path: string; message: string }) => [path, message]));
}

describe('saving a profile', () => {
  test('makes a DRAFT at first, which its owner finds as their own', async () => {
    const owner = userCaller();
    const made = await save(owner, { name: '  Ines Duarte ', pronouns: 'she/her' });
    expect(made).toMatchObject({ name: 'Ines Duarte', slug: 'ines-duarte', status: 'DRAFT', owner: { id: owner.id } });
    const { myFreelancerProfile } = await world.query(owner, '{ myFreelancerProfile { id pronouns } }');
    expect(myFreelancerProfile).toEqual({ id: made.id, pronouns: 'she/her' });
  });

  test('changes what is given, leaves what is not and clears what is null', async () => {
    const owner = userCaller();
    await save(owner, { ...wholeProfile(world.terms), summary: 'Paints.', pronouns: 'they' });
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

  test('keeps the order of lists and drops what is named twice', async () => {
    const { Collage, Watercolour } = world.terms;
    const links = [
      { label: 'Shop', url: 'https://example.com/shop' },
      { label: 'Blog', url: 'http://example.com/blog' },
    ];
    const saved = await save(userCaller(), { styleIds: [Collage, Watercolour, Collage], websiteLinks: links });
    expect(saved).toMatchObject({ styles: [{ label: 'Collage' }, { label: 'Watercolour' }], websiteLinks: links });
  });

  test('makes one profile of fifty first saves at once', async () => {
    const owner = userCaller();
    const saved = await Promise.all(Array.from({ length: 50 }, () => save(owner, { name: 'Only One' })));
    expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    expect(saved[0].slug).toBe('only-one');
  });

  test('belongs to whoever is signed in and to nobody else', async () => {
    expect(await world.refusal(guest, 'saveFreelancerProfile', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.refusal(machineCaller('shows.write'), 'saveFreelancerProfile', {})).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await world.query(guest, '{ myFreelancerProfile { id } }')).toEqual({ myFreelancerProfile: null });
    expect(await world.query(machineCaller(), '{ myFreelancerProfile { id } }')).toEqual({ myFreelancerProfile: null });
  });
});

describe('a slug', () => {
  test('counts up where the name is taken, also by those who come at the same time', async () => {
    const saved = await Promise.all(Array.from({ length: 12 }, () => save(userCaller(), { name: 'Sam Lee' })));
    const expected = ['sam-lee', ...Array.from({ length: 11 }, (_, index) => `sam-lee-${index + 2}`)];
    expect(saved.map(({ slug }) => slug).sort()).toEqual(expected.sort());
  });

  test('is not that of a name which ends like a suffix', async () => {
    expect((await save(userCaller(), { name: 'Ann' })).slug).toBe('ann');
    expect((await save(userCaller(), { name: 'Ann 2' })).slug).toBe('ann-2');
    expect((await save(userCaller(), { name: 'Ánn' })).slug).toBe('ann-3');
  });

  test('stays when the name changes', async () => {
    const owner = userCaller();
    await save(owner, { name: 'Before Marriage' });
    expect(await save(owner, { name: 'After Marriage' })).toMatchObject({
      name: 'After Marriage',
      slug: 'before-marriage',
    });
  });

  test('is made of the first name that is given', async () => {
    const owner = userCaller();
    expect((await save(owner, { summary: 'No name yet.' })).slug).toMatch(/^freelancer(-\d+)?$/);
    expect((await save(owner, { name: 'Late Name' })).slug).toBe('late-name');
  });

  test('is found for a name that has no letters of an address', async () => {
    expect((await save(userCaller(), { name: '山田 太郎' })).slug).toMatch(/^freelancer(-\d+)?$/);
  });
});

describe('what is saved is refused', () => {
  test('with every problem at once', async () => {
    const { Fantasy } = world.terms;
    const found = await problems({
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

  test('when it is too long as people count, not as bytes do', async () => {
    const family = '👨‍👩‍👧‍👦';
    expect((await save(userCaller(), { pronouns: family.repeat(50) })).pronouns).toBe(family.repeat(50));
    expect(await problems({ pronouns: family.repeat(51) })).toEqual({
      'input.pronouns': 'must have at most 50 characters',
    });
  });

  test('when the name would be cleared', async () => {
    expect(await problems({ name: null })).toEqual({ 'input.name': 'cannot be cleared' });
  });

  test('when a term is inactive, unless it was chosen while it was', async () => {
    const owner = userCaller();
    const { id } = (
      await world.mutate(admin, 'saveTaxonomyTerm', { category: 'STYLE', label: 'Airbrush' }, 'term { id }')
    ).term;
    await save(owner, { styleIds: [id] });
    await world.mutate(admin, 'saveTaxonomyTerm', { id, isActive: false }, '__typename');
    expect((await save(owner, { styleIds: [id, world.terms['Collage']] })).styles).toHaveLength(2);
    expect(await problems({ styleIds: [id] })).toEqual({ 'input.styleIds.0': '"Airbrush" is inactive' });
  });

  test.each([
    ['avatarId', 'AVATAR'],
    ['resumeId', 'PORTFOLIO'],
  ])('when %s is not media that the owner uploaded for it', async (field, purpose) => {
    const owner = userCaller();
    const ofStranger = mediaIds.make(userCaller().id, purpose);
    const forAnother = mediaIds.make(owner.id, 'COVER');
    for (const id of [ofStranger, forAnother, randomUUID(), 'nonsense'])
      expect(await world.refusal(owner, 'saveFreelancerProfile', { [field]: id })).toMatchObject({ code: 'NOT_FOUND' });
    const own = mediaIds.make(owner.id, purpose);
    await world.mutate(owner, 'saveFreelancerProfile', { [field]: own }, fields);
    await world.mutate(owner, 'saveFreelancerProfile', { [field]: null }, fields);
  });

  test('when it would take from a public profile what it had to have', async () => {
    const { owner } = await world.freelancerIn('APPROVED');
    expect(await problems({ statement: '', styleIds: [], summary: 'New' }, owner)).toEqual({
      'input.statement': 'cannot be cleared while the profile is APPROVED',
      'input.styles': 'cannot be cleared while the profile is APPROVED',
    });
    expect(await save(owner, { summary: 'New' })).toMatchObject({ summary: 'New', status: 'APPROVED' });
  });
});

test('a draft can be as bare as its owner likes', async () => {
  const owner = userCaller();
  expect(await save(owner, {})).toMatchObject({ name: '', status: 'DRAFT' });
  await world.mutate(owner, 'addPortfolioAsset', link('First'), '__typename');
});
