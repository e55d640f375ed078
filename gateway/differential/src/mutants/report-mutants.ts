import { MutantCheck, type MutantOptions } from './check-mutants.js';
import { mutants } from './mutants.js';

/** Checks the mutants and prints how each was caught. @returns whether all were */
export async function reportMutants(
  options: MutantOptions,
  only: readonly string[] | undefined,
  print: (text: string) => void,
): Promise<boolean> {
  const check = new MutantCheck(options);
  const chosen = mutants.filter(({ name }) => !only || only.some((part) => name.includes(part)));
  let survivors = 0;
  for (const mutant of chosen) {
    const { caught } = await check.check(mutant);
    if (!caught) survivors += 1;
    const result = caught ? `${caught.supergraph}, ${caught.runs} operations: ${caught.difference}` : 'SURVIVED';
    print(`${mutant.name.padEnd(64)} ${result}`);
  }
  print(`${chosen.length - survivors} of ${chosen.length} mutants were caught`);
  return survivors === 0;
}
