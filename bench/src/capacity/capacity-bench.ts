import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createCapacityPage } from './capacity-page.js';
import { readMeasuredFigures } from './measured-figures.js';

/**
 * Calculates the tasks and the costs of loads from the published figures of other benchmarks.
 *
 *   --write   save the page as bench/CAPACITY.md
 */
export async function benchCapacity(args: string[]): Promise<void> {
  const { values: options } = parseArgs({ args, options: { write: { type: 'boolean', default: false } } });
  const page = createCapacityPage(await readMeasuredFigures());
  process.stdout.write(page);
  if (options.write) await writeFile(new URL('../../CAPACITY.md', import.meta.url), page);
}
