import { parseArgs } from 'node:util';
import { Closers } from '@marquee/chassis/process/closers';
import { LoadDriver } from '../clients/load-driver.js';
import { openGatewayTestbed } from '../gateway/gateway-testbed.js';
import { textTable } from '../measuring/tables.js';
import { openBurstSender } from './burst-sender.js';
import { burstSize, measureDelays } from './added-delay.js';
import { measureDocumentGrowth } from './document-growth.js';
import { knownOperation } from './document-operations.js';

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
    const arena = closers.add(await openGatewayTestbed());
    const { tokens } = arena;
    const { url, pid } = await arena.startGateway('Marquee');
    const other = await arena.startGateway('Marquee');
    const driver = closers.add(new LoadDriver(url, tokens));
    const warmUpDriver = closers.add(new LoadDriver(other.url, tokens));
    const bursts = closers.add(openBurstSender({ url, tokens, size: burstSize }));
    await driver.warm(knownOperation, 2_000, 16);
    process.stdout.write(
      `${textTable(await measureDelays({ driver, warmUpDriver, bursts }, Number(values.rounds)))}\n\n`,
    );
    if (Number(values.documents) > 0)
      process.stdout.write(`${textTable(await measureDocumentGrowth(driver, pid, Number(values.documents)))}\n`);
  } finally {
    await closers.close();
  }
}
