import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import { observeStores } from '@marquee/testkit/test-stores';
import { type JobFixture, openJobFixture } from '../fixtures/job-fixture.js';

const page = '{ jobs { edges { node { projectType { label } genres { label } } } } }';
const rename = `mutation ($input: SaveTaxonomyTermInput!) { saveTaxonomyTerm(input: $input) { term { label } } }`;

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
  await fixture.publishJob();
});
afterAll(() => fixture.close());

async function projectType(): Promise<string> {
  const { jobs } = await fixture.execute(page, guest);
  return jobs.edges[0].node.projectType.label;
}

test('pages share the terms in memory', async () => {
  await projectType();
  const { requests } = await observeStores(projectType);
  expect(requests.map(({ statement }) => statement)).toEqual([expect.stringContaining('from jobs')]);
});

test('a changed term is in the next page', async () => {
  await projectType();
  const input = { id: fixture.projectType, label: 'Another kind' };
  await fixture.execute(rename, userCaller('ADMIN'), { input });
  expect(await projectType()).toBe('Another kind');
});

test('a term that another replica has added is found at once', async () => {
  await projectType();
  const added = await fixture.addTerm('PROJECT_TYPE', 'added-elsewhere');
  await fixture.sql('update jobs set project_type_id = $1', [added]);
  const [{ label }] = await fixture.sql('select label from taxonomy_terms where id = $1', [added]);
  expect(await projectType()).toBe(label);
});
