/**
 * Verifies that additions to every service, a removal and a rollback fail no request and lose no event: `npm run rehearse`.
 */
import { runDrill } from '../fleet/run-drill.js';
import { readOptions } from './rehearsal-options.js';
import { runRehearsal } from './rehearsal.js';
import { createRehearsalReport } from './rehearsal-report.js';

await runDrill(async ({ openStores, ...foundation }) => {
  const options = readOptions(process.argv.slice(2));
  return createRehearsalReport(await runRehearsal({ ...foundation, options, stores: await openStores() }));
});
