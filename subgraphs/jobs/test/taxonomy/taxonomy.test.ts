import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { startJobs } from '../fixtures/jobs-service.js';

const admin = userCaller('ADMIN');
const save = `mutation ($input: SaveTaxonomyTermInput!) {
  saveTaxonomyTerm(input: $input) { term { id category label slug isActive } } }`;

let jobs: TestService;
beforeAll(async () => {
  jobs = await startJobs();
});
afterAll(() => jobs.close());

async function saveTerm(input: object) {
  const { data, errors } = await jobs.request(save, { caller: admin, variables: { input } });
  expect(errors).toEqual([]);
  return data.saveTaxonomyTerm.term;
}

async function listLabels(caller: Parameters<TestService['request']>[1] = {}, category = 'STYLE'): Promise<string[]> {
  const { data } = await jobs.request(
    `query ($category: TaxonomyCategory) { taxonomy(category: $category) { label } }`,
    {
      ...caller,
      variables: { category },
    },
  );
  return data.taxonomy.map(({ label }: { label: string }) => label);
}

describe('taxonomy', () => {
  test('lists the terms of a category by label, also to guests and machine clients', async () => {
    for (const label of ['Zincography', 'Batik']) await saveTerm({ category: 'STYLE', label });
    const labels = await listLabels({ caller: guest });
    expect(labels).toEqual(expect.arrayContaining(['Batik', 'Zincography', 'Collage']));
    expect(labels).toEqual(labels.toSorted((one, other) => (one < other ? -1 : 1)));
    expect(await listLabels({ caller: machineCaller() }, 'GENRE')).toEqual(expect.arrayContaining(['Fantasy']));
    expect(await listLabels({ caller: machineCaller() }, 'GENRE')).not.toContain('Collage');
  });

  test('lists inactive terms to admins only', async () => {
    const { id } = await saveTerm({ category: 'AUDIENCE', label: 'Grown-ups' });
    expect(await saveTerm({ id, isActive: false })).toMatchObject({
      label: 'Grown-ups',
      slug: 'grown-ups',
      isActive: false,
    });
    expect(await listLabels({ caller: userCaller('REVIEWER') }, 'AUDIENCE')).not.toContain('Grown-ups');
    expect(await listLabels({ caller: admin }, 'AUDIENCE')).toContain('Grown-ups');
  });

  test('generates the slug from the label unless one is given', async () => {
    expect(await saveTerm({ category: 'LOCATION', label: 'São  Paulo' })).toMatchObject({ slug: 'sao-paulo' });
    expect(await saveTerm({ category: 'LOCATION', label: '東京', slug: 'tokyo' })).toMatchObject({ slug: 'tokyo' });
  });

  test('resolves a term as an entity reference', async () => {
    const { id } = await saveTerm({ category: 'PROJECT_TYPE', label: 'Box set' });
    const { data } = await jobs.request(
      'query ($all: [_Any!]!) { _entities(representations: $all) { ... on TaxonomyTerm { label } } }',
      {
        variables: {
          all: [
            { __typename: 'TaxonomyTerm', id },
            { __typename: 'TaxonomyTerm', id: 'nothing' },
          ],
        },
      },
    );
    expect(data._entities).toEqual([{ label: 'Box set' }, null]);
  });
});

describe('saveTaxonomyTerm is rejected', () => {
  test.each([
    ['a guest', guest, 'UNAUTHENTICATED'],
    ['a machine', machineCaller('shows.write'), 'FORBIDDEN'],
    ['a reviewer', userCaller('REVIEWER'), 'FORBIDDEN'],
    ['a freelancer', userCaller('FREELANCER'), 'FORBIDDEN'],
  ])('for %s', async (_, caller, code) => {
    const { errors } = await jobs.request(save, { caller, variables: { input: { category: 'STYLE', label: 'Mine' } } });
    expect(errors[0]?.extensions.code).toBe(code);
  });

  test('with every invalid field at once', async () => {
    const { errors } = await jobs.request(save, { caller: admin, variables: { input: { slug: 'No Slug' } } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'input.category' }, { path: 'input.label' }, { path: 'input.slug' }],
    });
  });

  test('if no slug can be generated from the label', async () => {
    const { errors } = await jobs.request(save, {
      caller: admin,
      variables: { input: { category: 'STYLE', label: '東京' } },
    });
    expect(errors[0]?.extensions.fields).toEqual([
      { path: 'input.slug', message: 'cannot be generated from "東京": pass a slug' },
    ]);
  });

  test('for a change of the category', async () => {
    const { id } = await saveTerm({ category: 'STYLE', label: 'Sgraffito' });
    const { errors } = await jobs.request(save, { caller: admin, variables: { input: { id, category: 'GENRE' } } });
    expect(errors[0]?.extensions.fields).toEqual([{ path: 'input.category', message: 'cannot change' }]);
  });

  test('if another term of the category has the slug', async () => {
    await saveTerm({ category: 'IMAGE_TAG', label: 'Night' });
    const { errors } = await jobs.request(save, {
      caller: admin,
      variables: { input: { category: 'IMAGE_TAG', label: 'night' } },
    });
    expect(errors[0]?.extensions).toMatchObject({ code: 'CONFLICT', fields: [{ path: 'input.slug' }] });
    expect(await saveTerm({ category: 'GENRE', label: 'Night' })).toMatchObject({ slug: 'night' });
  });

  test.each(['nothing', '019a0000-0000-7000-8000-00000000ffff'])('for an unknown term (%s)', async (id) => {
    const { errors } = await jobs.request(save, { caller: admin, variables: { input: { id, label: 'x' } } });
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });
});
