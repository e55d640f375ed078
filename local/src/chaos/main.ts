/** Shows that live messages keep their word while everything goes wrong: `npm run chaos -- --seed 7`. */
import { runDrill } from '../fleet/run-drill.js';
import { runChaosDrill } from './chaos-drill.js';
import { readOptions } from './chaos-options.js';
import { createChaosReport } from './chaos-report.js';

await runDrill(async (ground) => {
  const options = readOptions(process.argv.slice(2));
  ground.log(`seed ${options.seed}`);
  return createChaosReport(await runChaosDrill({ ...ground, options }), options);
});
