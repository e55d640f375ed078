import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { freshSchema } from '@marquee/testkit/test-stores';
import { exampleId, exampleProfileId, exampleUsers } from '../../src/seed/example-ids.js';
import { startJobs } from '../fixtures/jobs-service.js';

const variables = { ...freshSchema(), SEED: 'true' };
const hiring = userCaller('HIRING_USER', exampleId(exampleUsers.hiring));

let jobs: TestService;
beforeAll(async () => {
  jobs = await startJobs(variables);
});
afterAll(() => jobs.close());

async function query(document: string, caller: Parameters<TestService['request']>[1] = { caller: guest }) {
  const { data, errors } = await jobs.request(document, caller);
  expect(errors).toEqual([]);
  return data;
}

async function loadExamples() {
  const { taxonomy, freelancers } = await query(`{ taxonomy { category label }
    freelancers(first: 100, sort: ALPHABETICAL) { edges { node { id name slug styles { label } avatar { id }
      portfolio { title type url } } } } }`);
  return { taxonomy, freelancers: freelancers.edges.map(({ node }: { node: object }) => node) };
}

describe('the example data', () => {
  test('shows the APPROVED freelancers, each with a portfolio and an avatar', async () => {
    const { freelancers } = await loadExamples();
    expect(freelancers).toHaveLength(8);
    for (const freelancer of freelancers) {
      expect(freelancer).toMatchObject({
        avatar: { id: expect.any(String) },
        styles: expect.arrayContaining([{ label: expect.any(String) }]),
      });
      expect(freelancer.portfolio.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('has twelve freelancers in various statuses', async () => {
    const all = [11, 12, 13, 101, 102, 103, 104, 105, 106, 107, 108, 109].map((person) => ({
      __typename: 'FreelancerProfile',
      id: exampleProfileId(person),
    }));
    const document =
      'query ($all: [_Any!]!) { _entities(representations: $all) { ... on FreelancerProfile { status } } }';
    const { _entities } = await query(document, { caller: userCaller('REVIEWER'), variables: { all } });
    const statuses = _entities.map(({ status }: { status: string }) => status);
    expect([...new Set(statuses)].sort()).toEqual([
      'APPROVED',
      'CHANGES_REQUESTED',
      'DRAFT',
      'SUBMITTED',
      'UNDER_REVIEW',
    ]);
  });

  test('has a folder, favourites, notes and feedback for a hiring user', async () => {
    const data = await query(
      `{ folders { edges { node { name members { edges { node { name } } } } } }
        freelancers(filter: { favoritesOnly: true }) { edges { node { internal { notes { edges { node { body } } }
          feedback { edges { node { body } } } } } } } }`,
      { caller: hiring },
    );
    expect(data.folders.edges[0].node.members.edges).toHaveLength(3);
    expect(data.freelancers.edges).toHaveLength(3);
    for (const { node } of data.freelancers.edges) expect(node.internal.notes.edges).toHaveLength(3);
  });

  test('does not change when the service restarts', async () => {
    const before = await loadExamples();
    await jobs.close();
    jobs = await startJobs(variables);
    expect(await loadExamples()).toEqual(before);
  });

  test('is rejected in production', async () => {
    await expect(startJobs({ ...freshSchema(), SEED: 'true', NODE_ENV: 'production' })).rejects.toThrow(
      'SEED: expected false',
    );
  });
});

test('the service requires a complete key for media ids', async () => {
  await expect(startJobs({ MEDIA_ID_KEY: 'c2hvcnQ=' })).rejects.toThrow(
    'MEDIA_ID_KEY: expected at least 32 bytes in base64',
  );
});
