import { describe, expect, test } from '@jest/globals';
import { MutantCheck } from '../src/mutants/check-mutants.js';
import { mutants } from '../src/mutants/mutants.js';

const check = new MutantCheck({ runs: 3_000, seed: 7 });

describe('the judges detect an engine in which', () => {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', async (_, mutant) => {
    const { caught } = await check.check(mutant);
    expect(caught).toBeDefined();
    // Not because the mutant cannot plan a valid operation.
    expect(caught?.difference).not.toBe('preparation');
  });

  test('a piece of code that a mutant changes is missing', async () => {
    const moved = { ...mutants[0]!, find: 'code that was moved' };
    await expect(check.check(moved)).rejects.toThrow('occurs 0 times');
  });
});
