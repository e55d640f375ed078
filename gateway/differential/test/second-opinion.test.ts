import { afterAll, describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '../src/catalogue.js';
import { openHivePlanner } from '../src/second-opinion/hive-planner.js';
import { collectOpinions } from '../src/second-opinion/report-opinions.js';
import { createTestbed } from '../src/testbed.js';

describe("Hive's planner", () => {
  test.each(['lists', 'shareable'])('plans the same data on the supergraph %s', async (name) => {
    const { kinds } = await collectOpinions(createTestbed(entryOf(name)), { runs: 60, seed: 4 });
    expect(kinds).toMatchObject({ notExecuted: 0, otherData: 0 });
    expect(kinds.agrees).toBeGreaterThan(45);
  });
});

describe('the process of the planner', () => {
  const planner = openHivePlanner(entryOf('lists').supergraph());
  afterAll(() => planner.close());

  test('reports why an operation has no plan', async () => {
    expect((await planner.plan('{ unknown }')).error).toContain('unknown');
  });

  test('is replaced when it has ended', async () => {
    expect((await planner.plan('{ captain { rank } }')).plan?.node?.kind).toBe('Sequence');
    await planner.close();
    expect((await planner.plan('{ captain { id } }')).plan?.node?.kind).toBe('Fetch');
  });
});

function entryOf(name: string) {
  return loadCatalogue().find((entry) => entry.name === name)!;
}
