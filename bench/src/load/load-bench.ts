import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { atRate } from '@marquee/testkit/rate';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { linePlots } from '../measuring/line-chart.js';
import { quantile } from '../measuring/quantile.js';
import { textTable } from '../measuring/tables.js';
import { PerSecondStats } from './per-second-stats.js';

/**
 * Puts a running graph under load: so many queries a second, whether or not the graph keeps up, while so many clients
 * listen. Tells what it was like second by second.
 *
 *   --url=http://localhost:4000/graphql
 *   --token=TOKEN    several times for several callers; guests without any
 *   --query='{ ... }' --rate=50 --seconds=30
 *   --clients=100 --subscription='subscription { ... }'
 *   --plot=load.svg
 */
export async function benchLoad(args: string[]): Promise<void> {
  process.stdout.write(`${await runUnderLoad(args)}\n`);
}

/** @returns what it was like */
export async function runUnderLoad(args: string[]): Promise<string> {
  const options = optionsIn(args);
  const seconds = new PerSecondStats();
  const audience = await SubscriberPool.open(
    { url: options.url, document: options.subscription, tokens: options.token },
    Number(options.clients),
  );
  const driver = new LoadDriver(options.url, options.token);
  try {
    await load(driver, audience, seconds, options);
  } finally {
    await driver.close();
    await audience.close();
  }
  if (options.plot !== undefined) await writeFile(options.plot, plot(seconds));
  return report(seconds);
}

const shows = 'query Load { shows(first: 10) { edges { node { slug title genre addedBy { displayName } } } } }';
const activities = 'subscription { activityAdded { id message author { handle displayName } } }';

function optionsIn(args: string[]) {
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

/** A request is due at its time; one that is late because the graph is slow counts from then. */
async function load(
  driver: LoadDriver,
  audience: SubscriberPool,
  seconds: PerSecondStats,
  { query: document, rate, seconds: lasting }: ReturnType<typeof optionsIn>,
): Promise<void> {
  const question = { name: 'load', document, variables: () => ({}) };
  let counted = audience.delivered;
  await atRate(Number(rate), (begun) => begun >= Number(rate) * Number(lasting), one);

  async function one(due: number, turn: number): Promise<void> {
    await driver.request(question, turn).then(
      () => seconds.recordResponse(performance.now() - due),
      (failure: unknown) => seconds.recordFailure(reasonOf(failure)),
    );
    seconds.recordEvents(audience.delivered - counted);
    counted = audience.delivered;
  }
}

function reasonOf(failure: unknown): string {
  const { message } = failure as Error;
  return /"code":"(\w+)"/.exec(message)?.[1] ?? message.slice(0, 100);
}

function report(seconds: PerSecondStats): string {
  const head = ['second', 'answers', 'failures', 'p50 ms', 'p99 ms', 'events'];
  const rows = seconds
    .all()
    .map(({ responses, failures, p50, p99, events }, second) => [
      String(second + 1),
      ...[responses, failures].map(String),
      ...[p50, p99].map(formatFigure),
      String(events),
    ]);
  const { latencies, reasons } = seconds;
  const whole = [0.5, 0.95, 0.99, 1].map((share) => formatFigure(quantile(latencies, share))).join(', ');
  const failed = [...reasons].map(([reason, count]) => `${count} x ${reason}`).join('; ');
  return `${textTable([head, ...rows])}\n\n${latencies.length} answers; p50, p95, p99 and worst: ${whole} ms${failed && `\nfailures: ${failed}`}`;
}

function plot(seconds: PerSecondStats): string {
  const all = seconds.all();
  const values = (name: 'responses' | 'failures' | 'events' | 'p50' | 'p99') => all.map((second) => second[name]);
  return linePlots('Load', [
    {
      title: 'Time from when a request was due to its answer',
      unit: 'ms',
      lines: [
        { name: 'p50', values: values('p50') },
        { name: 'p99', values: values('p99') },
      ],
    },
    {
      title: 'A second',
      unit: '',
      lines: [
        { name: 'answers', values: values('responses') },
        { name: 'failures', values: values('failures') },
        { name: 'events', values: values('events') },
      ],
    },
  ]);
}
