/** Shows that live messages keep their word while everything goes wrong: `npm run chaos -- --seed 7`. */
import { Closers } from '@marquee/chassis/process/closers';
import { redisServerMissing } from '@marquee/chassis/testkit/redis';
import { givenStores } from '../config.js';
import { Refusal } from '../launcher/refusal.js';
import { openTestStores } from '../testing/stores.js';
import { drill } from './drill.js';
import { type ChaosOptions, readOptions } from './options.js';
import { reportOf } from './report.js';

try {
  process.exitCode = await run(readOptions(process.argv.slice(2)));
} catch (failure) {
  process.stderr.write(`${failure instanceof Refusal ? failure.message : String((failure as Error).stack)}\n`);
  process.exitCode = 1;
}

async function run(options: ChaosOptions): Promise<number> {
  const missing = redisServerMissing();
  if (missing !== undefined) throw new Refusal(`The drill needs a Redis: ${missing}.`);
  const given = givenStores();
  const closers = new Closers();
  const started = performance.now();
  const say = (line: string) =>
    void process.stdout.write(`${((performance.now() - started) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
  try {
    say(`seed ${options.seed}`);
    const stores = given ?? closers.add(await openTestStores());
    const report = reportOf(await drill({ options, stores, closers, say }), options);
    process.stdout.write(`\n${report.text}\n`);
    return report.isWell ? 0 : 1;
  } finally {
    await closers.close();
  }
}
