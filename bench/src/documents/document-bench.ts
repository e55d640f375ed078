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
 * Measures the cost of new documents: how much bursts of a hundred new operations delay known ones, and how much memory
 * many distinct documents occupy. Exits with 1 when known operations are delayed beyond the limit, or when memory keeps
 * growing.
 *
 *   --rounds=20          rounds, each with a burst of known and a burst of new operations
 *   --documents=100000   distinct documents; 0 skips the memory measurement
 */
export async function benchDocuments(args: string[]): Promise<void> {
  const options = {
    rounds: { type: 'string', default: '20' },
    documents: { type: 'string', default: '100000' },
  } as const;
  const { values } = parseArgs({ args, options });
  const closers = new Closers();
  try {
    const testbed = closers.add(await openGatewayTestbed());
    const { tokens } = testbed;
    const { url, pid } = await testbed.startGateway('Marquee');
    const second = await testbed.startGateway('Marquee');
    const driver = closers.add(new LoadDriver(url, tokens));
    const warmUpDriver = closers.add(new LoadDriver(second.url, tokens));
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
