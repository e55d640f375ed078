import { parseArgs } from 'node:util';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { formatFigure } from '../measuring/bar-chart.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type CrowdFigures, type CrowdOptions, measureCrowd } from './crowd-figures.js';
import { type CrowdGraph, openCrowdGraph } from './crowd-graph.js';

/** Clients with equal rights share one stream to the service. */
const maxStreams = 1;

/**
 * Measures many clients with one subscription to the changes of shows: different signed-in users, then
 * guests. Exits with 1 when an event does not reach every client exactly once, a client does not return after a restart of
 * the gateway, or clients do not share one upstream stream.
 *
 *   --callers=1000 --sockets=10000   0 for none
 *   --seconds=20 --events=50         duration without events, number of changes
 *   --write                          save the figures in bench/results/ and in bench/README.md
 */
export async function benchCrowd(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      callers: { type: 'string', default: '1000' },
      sockets: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '10' },
      events: { type: 'string', default: '30' },
      write: { type: 'boolean', default: false },
    },
  });
  const { callers, sockets } = { callers: Number(options.callers), sockets: Number(options.sockets) };
  const common = { seconds: Number(options.seconds), events: Number(options.events) };
  const rows = tableOf(await measure(callers, sockets, common));
  process.stdout.write(`${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult('crowd.txt', `${textTable(rows)}\n`);
  await publishTable('bench crowd', markdownTable(rows));
}

interface NamedFigures extends CrowdFigures {
  name: string;
}

async function measure(
  callers: number,
  sockets: number,
  common: Omit<CrowdOptions, 'tokens'>,
): Promise<NamedFigures[]> {
  const graph = await openCrowdGraph();
  try {
    const figures: NamedFigures[] = [];
    if (callers > 0)
      figures.push(await measureNamed(graph, 'callers', { ...common, tokens: await tokensOf(graph, callers) }));
    // A new process, so that the memory of the first clients is not reused.
    if (callers > 0 && sockets > 0) await graph.system.restart('gateway');
    if (sockets > 0)
      figures.push(await measureNamed(graph, 'guests', { ...common, tokens: Array<null>(sockets).fill(null) }));
    return figures;
  } finally {
    await graph.close();
  }
}

async function measureNamed(graph: CrowdGraph, kind: string, options: CrowdOptions): Promise<NamedFigures> {
  return { name: `${options.tokens.length} ${kind}`, ...(await measureCrowd(graph, options)) };
}

/** The access tokens of different users. */
export function tokensOf({ system }: CrowdGraph, count: number): Promise<string[]> {
  const subs = Array.from({ length: count }, (_, index) => `crowd-${index + 1}`);
  return mapWithConcurrency(subs, 8, (sub) => system.token(sub));
}

/** The rows of the table: their names with the figure of each column. */
const figureRows: [name: string, figure: (figures: CrowdFigures) => string][] = [
  ['upstream streams', ({ streams }) => verdictOf(streams)],
  ['resident MB of the gateway before', ({ alone }) => formatFigure(alone.memory)],
  ['kB per idle socket', (figures) => memoryPerSocket(figures, 'connected')],
  ['kB per idle socket with its stream', (figures) => memoryPerSocket(figures, 'subscribed')],
  ['CPU µs/s per idle socket', (figures) => processorPerSocket(figures, 'connected')],
  ['CPU µs/s per idle socket with its stream', (figures) => processorPerSocket(figures, 'subscribed')],
  ['event to each client p50 ms', ({ events }) => formatFigure(quantile(events.times, 0.5))],
  ['event to each client p99 ms', ({ events }) => formatFigure(quantile(events.times, 0.99))],
  ['event to all clients p50 ms', ({ events }) => formatFigure(quantile(events.lastTimes, 0.5))],
  ['event to all clients p99 ms', ({ events }) => formatFigure(quantile(events.lastTimes, 0.99))],
  ['gateway CPU ms/event', ({ events }) => formatFigure(events.processor)],
  ['after SIGKILL: gateway ready s', ({ herd }) => herd.ready.toFixed(1)],
  ['half of the streams back s', ({ herd }) => quantile(herd.times, 0.5).toFixed(1)],
  ['last stream back s', ({ herd }) => quantile(herd.times, 1).toFixed(1)],
  ['gateway CPU s until then', ({ herd }) => (herd.processor / 1000).toFixed(1)],
  ['upstream streams then', ({ herd }) => verdictOf(herd.streams)],
];

function tableOf(columns: readonly NamedFigures[]): string[][] {
  const rows = figureRows.map(([name, figure]) => [name, ...columns.map(figure)]);
  return [['', ...columns.map(({ name }) => name)], ...rows];
}

function verdictOf(streams: number): string {
  if (streams === maxStreams) return String(streams);
  process.exitCode = 1;
  return `${streams} FAILED`;
}

/** The growth of the gateway's memory per client. */
function memoryPerSocket(figures: CrowdFigures, state: 'connected' | 'subscribed'): string {
  return formatFigure(((figures[state].memory - figures.alone.memory) * 1024) / figures.clients);
}

/** A process without sockets may use more than one with idle sockets, because it started shortly before: that counts as 0. */
function processorPerSocket(figures: CrowdFigures, state: 'connected' | 'subscribed'): string {
  const more = Math.max(0, figures[state].processor - figures.alone.processor);
  return formatFigure((more * 1000) / figures.clients);
}
