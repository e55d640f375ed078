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

async function term(input: object) {
  const { data, errors } = await jobs.request(save, { caller: admin, variables: { input } });
  expect(errors).toEqual([]);
  return data.saveTaxonomyTerm.term;
}

async function listed(caller: Parameters<TestService['request']>[1] = {}, category = 'STYLE'): Promise<string[]> {
  const { data } = await jobs.request(
    `query ($category: TaxonomyCategory) { taxonomy(category: $category) { label } }`,
    {
      ...caller,
      variables: { category },
    },
  );
  return data.taxonomy.map(({ label }: { label: string }) => label);
}

describe('a taxonomy', () => {
  test('lists the terms of a category by label, to guests and machines too', async () => {
    await term({ category: 'STYLE', label: 'Woodcut' });
    await term({ category: 'STYLE', label: 'Collage' });
    await term({ category: 'GENRE', label: 'Fantasy' });
    expect(await listed({ caller: guest })).toEqual(['Collage', 'Woodcut']);
    expect(await listed({ caller: machineCaller() }, 'GENRE')).toEqual(['Fantasy']);
  });

  test('keeps inactive terms for admins alone', async () => {
    const { id } = await term({ category: 'AUDIENCE', label: 'Grown-ups' });
    expect(await term({ id, isActive: false })).toMatchObject({
      label: 'Grown-ups',
      slug: 'grown-ups',
      isActive: false,
    });
    expect(await listed({ caller: userCaller('REVIEWER') }, 'AUDIENCE')).toEqual([]);
    expect(await listed({ caller: admin }, 'AUDIENCE')).toEqual(['Grown-ups']);
  });

  test('makes the slug from the label unless one is given', async () => {
    expect(await term({ category: 'LOCATION', label: 'São  Paulo' })).toMatchObject({ slug: 'sao-paulo' });
    expect(await term({ category: 'LOCATION', label: '東京', slug: 'tokyo' })).toMatchObject({ slug: 'tokyo' });
  });

  test('shows a term to other services by its key', async () => {
    const { id } = await term({ category: 'PROJECT_TYPE', label: 'Audiobook cover' });
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
    expect(data._entities).toEqual([{ label: 'Audiobook cover' }, null]);
  });
});

describe('saving a term is refused', () => {
  test.each([
    ['a guest', guest, 'UNAUTHENTICATED'],
    ['a machine', machineCaller('shows.write'), 'FORBIDDEN'],
    ['a reviewer', userCaller('REVIEWER'), 'FORBIDDEN'],
    ['a freelancer', userCaller('FREELANCER'), 'FORBIDDEN'],
  ])('to %s', async (_, caller, code) => {
    const { errors } = await jobs.request(save, { caller, variables: { input: { category: 'STYLE', label: 'Mine' } } });
    expect(errors[0]?.extensions.code).toBe(code);
  });

  test('with every problem at once', async () => {
    const { errors } = await jobs.request(save, { caller: admin, variables: { input: { slug: 'No Slug' } } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'input.category' }, { path: 'input.label' }, { path: 'input.slug' }],
    });
  });

  test('when no slug can be made of the label', async () => {
    const { errors } = await jobs.request(save, {
      caller: admin,
      variables: { input: { category: 'STYLE', label: '東京' } },
    });
    expect(errors[0]?.extensions.fields).toEqual([
      { path: 'input.slug', message: 'cannot be generated from "東京": pass a slug' },
    ]);
  });

  test('when its category would change', async () => {
    const { id } = await term({ category: 'STYLE', label: 'Gouache' });
    const { errors } = await jobs.request(save, { caller: admin, variables: { input: { id, category: 'GENRE' } } });
    expect(errors[0]?.extensions.fields).toEqual([{ path: 'input.category', message: 'cannot change' }]);
  });

  test('when its slug is taken in its category', async () => {
    await term({ category: 'IMAGE_TAG', label: 'Night' });
    const { errors } = await jobs.request(save, {
      caller: admin,
      variables: { input: { category: 'IMAGE_TAG', label: 'night' } },
    });
    expect(errors[0]?.extensions.code).toBe('CONFLICT');
    expect(await term({ category: 'GENRE', label: 'Night' })).toMatchObject({ slug: 'night' });
  });

  test.each(['nothing', '019a0000-0000-7000-8000-00000000ffff'])('for a term that is not there (%s)', async (id) => {
    const { errors } = await jobs.request(save, { caller: admin, variables: { input: { id, label: 'x' } } });
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });
});
