import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { loadCatalogue } from './catalogue.js';
import { reportMutants } from './mutants/report-mutants.js';
import { reportOpinions } from './second-opinion/report-opinions.js';
import { describeResults } from './report.js';
import { openResultFile } from './result-file.js';
import { runSlices } from './run-slices.js';
import { divideRun, nameOf } from './slices.js';

// Judges the engine on random operations, or the judges on engines with errors (`--mutants`).
const { values } = parseArgs({
  options: {
    /** Number of operations per supergraph and seed. */
    runs: { type: 'string' },
    /** One or more, separated by commas. */
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    /** Names of supergraphs or mutants, separated by commas. */
    only: { type: 'string' },
    /** Number of processes. */
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** A file of results, from which a run is continued. */
    results: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    /** Compares the plans with those of Hive's planner. */
    opinions: { type: 'boolean', default: false },
  },
});
const only = values.only?.split(',');
const seeds = values.seed.split(',').map(Number);

if (values.mutants) {
  const options = { runs: Number(values.runs ?? 5_000), seed: seeds[0] ?? 0 };
  if (!(await reportMutants(options, only, print))) process.exitCode = 1;
} else if (values.opinions) {
  await reportOpinions({ runs: Number(values.runs ?? 500), seed: seeds[0] ?? 0 }, only, print);
} else if (!(await check())) process.exitCode = 1;

async function check(): Promise<boolean> {
  const supergraphs = loadCatalogue().map(({ name }) => name);
  const unknown = only?.find((name) => !supergraphs.includes(name));
  if (unknown !== undefined) throw new Error(`There is no supergraph "${unknown}".`);
  const file = openResultFile(values.results);
  const done = new Set(file.results.map(nameOf));
  const slices = divideRun(only ?? supergraphs, seeds, Number(values.runs ?? 1_000));
  await runSlices(
    slices.filter((slice) => !done.has(nameOf(slice))),
    Number(values.jobs),
    (result) => {
      file.add(result);
      const { supergraph, seed, runs, cpu, counterexample } = result;
      print(`${supergraph} ${runs} operations, seed ${seed}, ${Math.round(runs / cpu)} per second of CPU`);
      if (counterexample !== undefined) print(counterexample);
    },
  );
  print(`\n${describeResults(file.results)}`);
  return file.results.every(({ counterexample }) => counterexample === undefined);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
