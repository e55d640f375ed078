import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { processorTimes, type ProcessorTimes, timeBetween } from '../system/processor-times.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { limitProcessors } from '../system/processor-share.js';
import { connectPrivateClients, type PrivateClient } from './private-streams.js';
import { openPrivateConversations, type PrivateConversations } from './private-conversations.js';

/**
 * Measures how fast the private streams of many users are back after messaging was ended with SIGKILL. Each stream is back
 * when it delivers a message that was sent right after the restart.
 *
 *   --streams=2000,5000 --share=1    the part of one CPU that the gateway and messaging may use
 *   --write                          save the figures in bench/results/ and in bench/README.md
 */
export async function benchRestart(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      write: { type: 'boolean', default: false },
      streams: { type: 'string', default: '2000,5000' },
      share: { type: 'string', default: '0.5' },
    },
  });
  const rows: string[][] = [head];
  for (const streams of options.streams.split(',').map(Number))
    rows.push(rowOf(await measure(streams, Number(options.share))));
  process.stdout.write(`${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult('restart.txt', `${textTable(rows)}\n`);
  await publishTable('bench restart', markdownTable(rows));
}

/** Milliseconds that all streams have to be back. */
const limitMs = 180_000;

interface Recovery {
  streams: number;
  /** Seconds from the end of the process until it was ready again. */
  restarted: number;
  /** Seconds from then on until each stream was back. */
  times: number[];
  /** CPU milliseconds until the last stream was back, by process. */
  processors: ProcessorTimes;
}

async function measure(streams: number, share: number): Promise<Recovery> {
  const system = await startSystem();
  try {
    const clients = await connectPrivateClients(system.url, streams);
    const conversations = await openPrivateConversations(system.url, clients);
    await untilDelivered(conversations, clients);
    const recovery = await recover(system, conversations, clients, share);
    for (const client of clients) client.close();
    await conversations.close();
    return { streams, ...recovery };
  } finally {
    await system.close();
  }
}

async function recover(
  system: SystemUnderTest,
  conversations: PrivateConversations,
  clients: readonly PrivateClient[],
  share: number,
): Promise<Omit<Recovery, 'streams'>> {
  const limited = limitProcessors(() => ['gateway', 'messaging'].map((name) => system.pids.get(name) ?? 0), share);
  try {
    const before = await processorTimes(system.pids);
    const ended = performance.now();
    await system.restart('messaging');
    const ready = performance.now();
    await conversations.sendToAll();
    await untilReceived(clients, ready);
    const times = clients.map((client) => ((client.lastEventAt() ?? NaN) - ready) / 1000);
    // The killed process takes its CPU time along: of messaging, only that of the new one is counted.
    const processors = timeBetween(new Map([...before, ['messaging', 0]]), await processorTimes(system.pids));
    return { restarted: (ready - ended) / 1000, times, processors };
  } finally {
    await limited.close();
  }
}

/** Sends until each stream has delivered an event, because subscriptions of clients are not acknowledged. */
async function untilDelivered(conversations: PrivateConversations, clients: readonly PrivateClient[]): Promise<void> {
  for (const deadline = performance.now() + limitMs; ; await wait(2_000)) {
    await conversations.sendToAll();
    await wait(1_000);
    if (clients.every((client) => client.lastEventAt() !== undefined)) return;
    if (performance.now() > deadline) throw new Error('Not all streams were opened.');
  }
}

/** @throws Error if a stream is not back in time */
async function untilReceived(clients: readonly PrivateClient[], since: number): Promise<void> {
  const isMissing = (client: PrivateClient) => (client.lastEventAt() ?? 0) < since;
  for (const deadline = since + limitMs; clients.some(isMissing); await wait(50)) {
    if (performance.now() < deadline) continue;
    const missing = clients.filter(isMissing);
    const ends = new Set(missing.map((client) => client.end() ?? 'open, without an event'));
    throw new Error(`${missing.length} of ${clients.length} streams are not back: ${[...ends].join('; ')}`);
  }
}

const head = ['streams', 'restart s', 'then back p50 s', 'p99', 'last', 'gateway CPU s', 'messaging', 'users'];

function rowOf({ streams, restarted, times, processors }: Recovery): string[] {
  const spent = ['gateway', 'messaging', 'users'].map((name) => (processors.get(name) ?? NaN) / 1000);
  const figures = [restarted, quantile(times, 0.5), quantile(times, 0.99), Math.max(...times), ...spent];
  return [String(streams), ...figures.map((figure) => figure.toFixed(1))];
}
