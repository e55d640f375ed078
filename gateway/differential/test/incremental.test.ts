import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { loadCatalogue } from '../src/catalogue.js';
import { checkIncrements, drawIncremental, textOf } from '../src/incremental/check-increments.js';
import type { FailureLevel } from '../src/injected-failures.js';
import { createDice } from '../src/operations/dice.js';
import { createTestbed, type Testbed } from '../src/testbed.js';

/** Operations per supergraph. */
const runs = 15;

describe.each(loadCatalogue())('the parts of operations with @defer and @stream on the supergraph $name', (entry) => {
  let testbed: Testbed;
  beforeAll(() => void (testbed = createTestbed(entry)));

  test('make up the single result', async () => {
    expect(await findFault(testbed, 'none')).toBeUndefined();
  });

  test('agree with the single result where that has data, if fields fail', async () => {
    expect(await findFault(testbed, 'fields')).toBeUndefined();
  });
});

async function findFault(testbed: Testbed, failures: FailureLevel): Promise<string | undefined> {
  const draws = fc.sample(fc.infiniteStream(fc.nat()), { numRuns: 1, seed: 11 })[0]!;
  const random = { nextInt: (min: number, max: number) => min + ((draws.next().value as number) % (max - min + 1)) };
  const dice = createDice(random as never);
  for (let run = 0; run < runs;) {
    const trial = drawIncremental(testbed, dice, failures);
    if (!trial) continue;
    run += 1;
    const fault = await checkIncrements(testbed, trial).catch((error: Error) => error.stack);
    if (fault !== undefined) return `${fault}\n${textOf(trial)}`;
  }
  return undefined;
}
