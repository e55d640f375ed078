import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { freshSchema } from '@marquee/testkit/test-stores';
import { DataSource } from 'typeorm';
import { migrations } from '../../src/migrations.js';
import { startJobs } from '../fixtures/jobs-service.js';

interface Term {
  id: string;
  category: string;
  label: string;
  slug: string;
  isActive: boolean;
}

// As in production: without example data.
const store = freshSchema();
const admin = userCaller('ADMIN');

let jobs: TestService;
beforeAll(async () => {
  jobs = await startJobs(store);
});
afterAll(() => jobs.close());

async function execute(document: string, caller: Parameters<TestService['request']>[1] = { caller: guest }) {
  const { data, errors } = await jobs.request(document, caller);
  expect(errors).toEqual([]);
  return data;
}

async function loadTerms(): Promise<Term[]> {
  return (await execute('{ taxonomy { id category label slug isActive } }', { caller: admin })).taxonomy;
}

async function saveTerm(input: object): Promise<void> {
  const document = 'mutation ($input: SaveTaxonomyTermInput!) { saveTaxonomyTerm(input: $input) { term { id } } }';
  await execute(document, { caller: admin, variables: { input } });
}

describe('a new environment', () => {
  test('has at least 60 active terms in six categories', async () => {
    const terms = await loadTerms();
    expect(terms.filter(({ isActive }) => isActive).length).toBeGreaterThanOrEqual(60);
    expect(new Set(terms.map(({ category }) => category)).size).toBe(6);
  });

  test('lets a poster draft a job and a freelancer submit a profile', async () => {
    const idOf = async (category: string) => (await loadTerms()).find((term) => term.category === category)?.id;
    const job = { title: 'A cover', projectTypeId: await idOf('PROJECT_TYPE'), summary: 'Something dark.' };
    const draft = 'mutation ($input: DraftJobInput!) { draftJob(input: $input) { job { status } } }';
    const poster = userCaller('HIRING_USER');
    expect((await execute(draft, { caller: poster, variables: { input: job } })).draftJob.job.status).toBe('DRAFT');

    const profile = {
      ...{
        name: 'Mira Holt',
        email: 'mira@example.com',
        statement: 'I paint.',
        currentLocations: ['Lisbon, Portugal'],
      },
      ...{ audienceIds: [await idOf('AUDIENCE')], styleIds: [await idOf('STYLE')] },
    };
    const asset = { title: 'A cover', type: 'LINK', url: 'https://example.com/work' };
    const caller = userCaller('FREELANCER');
    const save = `mutation ($profile: SaveFreelancerProfileInput!, $asset: AddPortfolioAssetInput!) {
      saveFreelancerProfile(input: $profile) { profile { id } } addPortfolioAsset(input: $asset) { asset { id } } }`;
    const { saveFreelancerProfile } = await execute(save, { caller, variables: { profile, asset } });
    const input = { profileId: saveFreelancerProfile.profile.id, action: 'SUBMIT' };
    const submit =
      'mutation ($input: ActOnFreelancerProfileInput!) { actOnFreelancerProfile(input: $input) { profile { status } } }';
    const { actOnFreelancerProfile } = await execute(submit, { caller, variables: { input } });
    expect(actOnFreelancerProfile.profile.status).toBe('SUBMITTED');
  });
});

describe('terms that an admin changed', () => {
  test('stay as they are when the service starts again, and when the migration meets them', async () => {
    const [renamed, removed] = (await loadTerms()).filter(({ category }) => category === 'STYLE');
    await saveTerm({ id: renamed?.id, label: 'Wash', slug: 'wash' });
    await saveTerm({ id: removed?.id, isActive: false });
    await saveTerm({ category: 'STYLE', label: 'Batik' });
    const changed = await loadTerms();
    expect(changed.find(({ id }) => id === renamed?.id)).toMatchObject({ label: 'Wash', slug: 'wash' });
    expect(changed.find(({ id }) => id === removed?.id)).toMatchObject({ isActive: false });

    await jobs.close();
    jobs = await startJobs(store);
    expect(await loadTerms()).toEqual(changed);
    await applyAgain();
    expect(await loadTerms()).toEqual(changed);
  });

  /** Applies the migration to a schema that has its terms, and one of another id with the slug of one of them. */
  async function applyAgain(): Promise<void> {
    const statement = await readFile(new URL('0008_reference_terms.sql', migrations), 'utf8');
    const extra = { options: `-c search_path=${store['DATABASE_SCHEMA']},public` };
    const source = new DataSource({ type: 'postgres', url: store['DATABASE_URL'] ?? '', poolSize: 1, extra });
    await source.initialize();
    await source.query(statement);
    await source.destroy();
  }
});
