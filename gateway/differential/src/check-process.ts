import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type CatalogueEntry, loadCatalogue } from './catalogue.js';
import { checkExecutor } from './check-executor.js';
import { runEngine } from './executors.js';
import type { LooseningName } from './loosenings.js';
import { describeCounterexample } from './report.js';
import type { Slice } from './slices.js';
import { createTestbed, type Testbed } from './testbed.js';

/** The result of a slice, as its process reports it. */
export interface SliceResult extends Slice {
  loosened: Partial<Record<LooseningName, number>>;
  /** Seconds. */
  cpu: number;
  counterexample: string | undefined;
}

const entries = new Map(loadCatalogue().map((entry) => [entry.name, entry]));
const testbeds = new Map<string, Testbed>();

process.on('message', (slice: Slice) => void check(slice).then((result) => process.send?.(result)));

async function check(slice: Slice): Promise<SliceResult> {
  const { supergraph, seed, runs } = slice;
  const testbed = getOrCreate(testbeds, supergraph, () => createTestbed(entries.get(supergraph) as CatalogueEntry));
  const start = process.cpuUsage();
  const result = await checkExecutor(testbed, { runs, seed, subject: runEngine });
  const { user, system } = process.cpuUsage(start);
  return {
    ...slice,
    runs: result.runs,
    loosened: Object.fromEntries(result.loosened),
    cpu: (user + system) / 1_000_000,
    counterexample: result.counterexample && describeCounterexample(testbed, result.counterexample),
  };
}
