import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runAtRate } from '@marquee/testkit/rate';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { linePlots } from '../measuring/line-chart.js';
import { quantile } from '../measuring/quantile.js';
import { textTable } from '../measuring/tables.js';
import { PerSecondStats } from './per-second-stats.js';

/**
 * Puts a running graph under load: queries at a constant rate, whether or not the graph keeps up, and subscribers.
 * Prints the figures of each second.
 *
 *   --url=http://localhost:4000/graphql
 *   --token=TOKEN    repeat it for several callers; without any, requests are sent as a guest
 *   --query='{ ... }' --rate=50 --seconds=30
 *   --clients=100 --subscription='subscription { ... }'
 *   --plot=load.svg
 */
export async function benchLoad(args: string[]): Promise<void> {
  process.stdout.write(`${await runUnderLoad(args)}\n`);
}

/** @returns the report */
export async function runUnderLoad(args: string[]): Promise<string> {
  const options = parseOptions(args);
  const seconds = new PerSecondStats();
  const subscribers = await SubscriberPool.open(
    { url: options.url, document: options.subscription, tokens: options.token },
    Number(options.clients),
  );
  const driver = new LoadDriver(options.url, options.token);
  try {
    await load(driver, subscribers, seconds, options);
  } finally {
    await driver.close();
    await subscribers.close();
  }
  if (options.plot !== undefined) await writeFile(options.plot, plot(seconds));
  return report(seconds);
}

const shows = 'query Load { shows(first: 10) { edges { node { slug title genre addedBy { displayName } } } } }';
const activities = 'subscription { activityAdded { id message author { handle displayName } } }';

function parseOptions(args: string[]) {
  const options = {
    url: { type: 'string', default: 'http://localhost:4000/graphql' },
    token: { type: 'string', multiple: true, default: [] as string[] },
    query: { type: 'string', default: shows },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '30' },
    clients: { type: 'string', default: '100' },
    subscription: { type: 'string', default: activities },
    plot: { type: 'string' },
  } as const;
  return parseArgs({ args, options }).values;
}

/** Latency is measured from the time at which a request is due, so that a slow graph does not hide its delays. */
async function load(
  driver: LoadDriver,
  subscribers: SubscriberPool,
  seconds: PerSecondStats,
  { query: document, rate, seconds: lasting }: ReturnType<typeof parseOptions>,
): Promise<void> {
  const operation = { name: 'load', document, variables: () => ({}) };
  let counted = subscribers.delivered;
  await runAtRate(Number(rate), (begun) => begun >= Number(rate) * Number(lasting), one);

  async function one(due: number, turn: number): Promise<void> {
    await driver.request(operation, turn).then(
      () => seconds.recordResponse(performance.now() - due),
      (failure: unknown) => seconds.recordFailure(reasonOf(failure)),
    );
    seconds.recordEvents(subscribers.delivered - counted);
    counted = subscribers.delivered;
  }
}

function reasonOf(failure: unknown): string {
  const { message } = failure as Error;
  return /"code":"(\w+)"/.exec(message)?.[1] ?? message.slice(0, 100);
}

function report(seconds: PerSecondStats): string {
  const head = ['second', 'responses', 'failures', 'p50 ms', 'p99 ms', 'events'];
  const rows = seconds
    .all()
    .map(({ responses, failures, p50, p99, events }, second) => [
      String(second + 1),
      ...[responses, failures].map(String),
      ...[p50, p99].map(formatFigure),
      String(events),
    ]);
  const { latencies, reasons } = seconds;
  const quantiles = [0.5, 0.95, 0.99, 1].map((share) => formatFigure(quantile(latencies, share))).join(', ');
  const failed = [...reasons].map(([reason, count]) => `${count} x ${reason}`).join('; ');
  return `${textTable([head, ...rows])}\n\n${latencies.length} responses; p50, p95, p99 and max: ${quantiles} ms${failed && `\nfailures: ${failed}`}`;
}

function plot(seconds: PerSecondStats): string {
  const all = seconds.all();
  const values = (name: 'responses' | 'failures' | 'events' | 'p50' | 'p99') => all.map((second) => second[name]);
  return linePlots('Load', [
    {
      title: 'Latency from the due time of a request to its response',
      unit: 'ms',
      lines: [
        { name: 'p50', values: values('p50') },
        { name: 'p99', values: values('p99') },
      ],
    },
    {
      title: 'Per second',
      unit: '',
      lines: [
        { name: 'responses', values: values('responses') },
        { name: 'failures', values: values('failures') },
        { name: 'events', values: values('events') },
      ],
    },
  ]);
}
