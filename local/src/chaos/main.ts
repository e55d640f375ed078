/** Verifies that live messages are delivered completely and in order during failures: `npm run chaos -- --seed 7`. */
import { runDrill } from '../fleet/run-drill.js';
import { runChaosDrill } from './chaos-drill.js';
import { readOptions } from './chaos-options.js';
import { createChaosReport } from './chaos-report.js';

await runDrill(async (foundation) => {
  const options = readOptions(process.argv.slice(2));
  foundation.log(`seed ${options.seed}`);
  return createChaosReport(await runChaosDrill({ ...foundation, options }), options);
});
