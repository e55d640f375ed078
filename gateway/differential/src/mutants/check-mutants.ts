import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type CatalogueEntry, loadCatalogue } from '../catalogue.js';
import { checkExecutor } from '../check-executor.js';
import { runEngine } from '../executors.js';
import { createTestbed, type Testbed, withEngine } from '../testbed.js';
import { openMutatedEngine } from './mutated-engine.js';
import type { Mutant } from './mutants.js';

/** How a mutant was caught. */
export interface MutantResult {
  mutant: Mutant;
  /** Undefined for a mutant that survived. */
  caught: { supergraph: string; difference: string; runs: number } | undefined;
}

export interface MutantOptions {
  /** Maximum of operations per supergraph. */
  runs: number;
  seed: number;
}

/** Checks whether the judges detect mutants. */
export class MutantCheck {
  readonly #entries: readonly CatalogueEntry[] = loadCatalogue();
  readonly #testbeds = new Map<string, Testbed>();

  constructor(private readonly options: MutantOptions) {}

  /** @throws Error when the code that the mutant changes is not found */
  async check(mutant: Mutant): Promise<MutantResult> {
    const { modules, close } = await openMutatedEngine(mutant);
    try {
      for (const supergraph of mutant.supergraphs) {
        const base = getOrCreate(this.#testbeds, supergraph, () => this.#createTestbed(supergraph));
        const testbed = withEngine(base, modules, mutant.file.startsWith('planner/'));
        const { runs, counterexample } = await checkExecutor(testbed, {
          ...this.options,
          subject: runEngine,
          shrinks: false,
        });
        const difference = counterexample?.comparison.difference;
        if (difference !== undefined) return { mutant, caught: { supergraph, difference, runs } };
      }
      return { mutant, caught: undefined };
    } finally {
      await close();
    }
  }

  #createTestbed(name: string): Testbed {
    const entry = this.#entries.find((one) => one.name === name);
    if (!entry) throw new Error(`There is no supergraph "${name}".`);
    return createTestbed(entry);
  }
}
