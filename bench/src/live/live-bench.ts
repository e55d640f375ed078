import { parseArgs } from 'node:util';
import { formatFigure } from '../measuring/bar-chart.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { startSystem } from '../system/system-under-test.js';
import { openConversation } from './conversation.js';
import { type LiveFigures, measureLive } from './live-latency.js';

/**
 * Measures how fast a message reaches its subscribers through the whole graph, with real stores and real sockets.
 *
 *   --clients=1,100,1000 --messages=100 --seconds=5
 *   --write         save the figures in bench/results/ and in bench/README.md
 */
export async function benchLive(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      write: { type: 'boolean', default: false },
      clients: { type: 'string', default: '1,100,1000' },
      messages: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '5' },
    },
  });
  const figures = await measure(
    options.clients.split(',').map(Number),
    Number(options.messages),
    Number(options.seconds),
  );
  const rows = tableOf(figures);
  process.stdout.write(`${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult('live.txt', `${textTable(rows)}\n`);
  await publishTable('bench live', markdownTable(rows));
}

async function measure(sizes: readonly number[], messages: number, seconds: number): Promise<LiveFigures[]> {
  const system = await startSystem();
  try {
    const conversation = await openConversation(system);
    const figures: LiveFigures[] = [];
    for (const size of sizes) figures.push(await measureLive(system, conversation, size, messages, seconds));
    await conversation.close();
    return figures;
  } finally {
    await system.close();
  }
}

function tableOf(figures: readonly LiveFigures[]): string[][] {
  const head = [
    'clients',
    'response ms',
    'then event p50',
    'p99',
    'sent to event p50',
    'p99',
    'events/s',
    'CPU ms/message',
  ];
  const rows = figures.map(({ clients, responded, afterResponse, afterSent, perSecond, processor }) => [
    String(clients),
    ...[responded, afterResponse.p50, afterResponse.p99, afterSent.p50, afterSent.p99, perSecond, processor].map(
      formatFigure,
    ),
  ]);
  return [head, ...rows];
}
