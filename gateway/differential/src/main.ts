import { parseArgs } from 'node:util';
import { createArena } from './arena.js';
import { catalogue } from './catalogue.js';
import { checkArena } from './check.js';
import { runEngine } from './comparison.js';
import { describe } from './report.js';

/** Compares the engine with the stock executor on drawn operations, on every supergraph or the one that is named. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    supergraph: { type: 'string' },
  },
});

const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
for (const entry of catalogue().filter(({ name }) => (values.supergraph ?? name) === name)) {
  const arena = createArena(entry);
  const start = process.cpuUsage();
  const findings = await checkArena(arena, { runs: Number(values.runs), seed, subject: runEngine });
  const { user, system } = process.cpuUsage(start);
  const rate = Math.round((findings.runs / (user + system)) * 1_000_000);
  say(
    `${arena.name.padEnd(20)} ${findings.runs} runs, ${findings.passedOver} passed over, ${rate}/s of a core, seed ${seed}`,
  );
  if (!findings.found) continue;
  say(describe(arena, findings.found));
  process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
