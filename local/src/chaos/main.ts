/** Shows that live messages keep their word while everything goes wrong: `npm run chaos -- --seed 7`. */
import { exercise } from '../fleet/exercise.js';
import { drill } from './drill.js';
import { readOptions } from './options.js';
import { reportOf } from './report.js';

await exercise(async (ground) => {
  const options = readOptions(process.argv.slice(2));
  ground.say(`seed ${options.seed}`);
  return reportOf(await drill({ ...ground, options }), options);
});
