/** Shows that a rolling deploy of every service fails no request and loses no event: `npm run rehearse`. */
import { exercise } from '../fleet/exercise.js';
import { readOptions } from './options.js';
import { rehearse } from './rehearsal.js';
import { reportOf } from './report.js';

await exercise(async (ground) => reportOf(await rehearse({ ...ground, options: readOptions(process.argv.slice(2)) })));
