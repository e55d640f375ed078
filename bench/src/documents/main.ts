import { parseArgs } from 'node:util';
import { Closers } from '@marquee/chassis/process/closers';
import { Driver } from '../clients/drive.js';
import { openArena } from '../gateway/arena.js';
import { textTable } from '../measuring/tables.js';
import { openBursts } from './bursts.js';
import { burstSize, measureDelays } from './delays.js';
import { measureFlood } from './flood.js';
import { known } from './questions.js';

/**
 * What documents cost that nobody has sent before: how much operations that are known wait while a hundred new ones
 * arrive at once, and how much memory a flood of different documents leaves behind. It ends with 1 when known
 * operations wait longer beside new ones than they may, or when the memory goes on growing.
 *
 *   --rounds=20          of a burst of a hundred known operations, and one of new ones
 *   --documents=100000   different ones
 */
export async function benchDocuments(args: string[]): Promise<void> {
  const options = {
    rounds: { type: 'string', default: '20' },
    documents: { type: 'string', default: '100000' },
  } as const;
  const { values } = parseArgs({ args, options });
  const closers = new Closers();
  try {
    const arena = closers.add(await openArena());
    const { tokens } = arena;
    const { url, pid } = await arena.enter('Marquee');
    const other = await arena.enter('Marquee');
    const driver = closers.add(new Driver(url, tokens));
    const teacher = closers.add(new Driver(other.url, tokens));
    const bursts = closers.add(openBursts({ url, tokens, size: burstSize }));
    await driver.warm(known, 2_000, 16);
    process.stdout.write(`${textTable(await measureDelays({ driver, teacher, bursts }, Number(values.rounds)))}\n\n`);
    if (Number(values.documents) > 0)
      process.stdout.write(`${textTable(await measureFlood(driver, pid, Number(values.documents)))}\n`);
  } finally {
    await closers.close();
  }
}
