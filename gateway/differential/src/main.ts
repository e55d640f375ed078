import { parseArgs } from 'node:util';
import { loadCatalogue } from './catalogue.js';
import { checkExecutor } from './check-executor.js';
import { runEngine } from './executors.js';
import { describeCounterexample } from './report.js';
import { createTestbed } from './testbed.js';

/** Compares the engine with the monolith and the stock executor on random operations, for every supergraph or the one given by name. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    supergraph: { type: 'string' },
  },
});

const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
for (const entry of loadCatalogue().filter(({ name }) => (values.supergraph ?? name) === name)) {
  const testbed = createTestbed(entry);
  const start = process.cpuUsage();
  const result = await checkExecutor(testbed, { runs: Number(values.runs), seed, subject: runEngine });
  const { user, system } = process.cpuUsage(start);
  const rate = Math.round((result.runs / (user + system)) * 1_000_000);
  print(
    `${testbed.name.padEnd(20)} ${result.runs} runs, ${[...result.loosened].map((one) => one.join(' ')).join()}, ${rate} per second of CPU, seed ${seed}`,
  );
  if (!result.counterexample) continue;
  print(describeCounterexample(testbed, result.counterexample));
  process.exitCode = 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
