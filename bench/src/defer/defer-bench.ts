import { parseArgs } from 'node:util';
import { Closers } from '@marquee/chassis/process/closers';
import { openGatewayTestbed } from '../gateway/gateway-testbed.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { openSlowProxy } from './slow-proxy.js';

/** Milliseconds by which the service of the deferred part is slowed down. */
const delayMs = 300;

const whole = 'query Jobs { jobs(page: 1) { id title summary poster { handle displayName } } }';
const deferred = whole.replace('{ handle displayName }', '{ ... @defer { handle displayName } }');
const streamed = whole.replace('jobs(page: 1)', 'jobs(page: 1) @stream(initialCount: 2)');

/**
 * Measures the time to the first part of a response and to its end, one request at a time, while the service of the
 * deferred fields takes 300 ms longer.
 *
 *   --requests=100   requests of each kind
 *   --write          save the figures in bench/results/ and in bench/README.md
 */
export async function benchDefer(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: { write: { type: 'boolean', default: false }, requests: { type: 'string', default: '100' } },
  });
  const rows = await measure(Number(options.requests));
  process.stdout.write(`${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult('defer.txt', `${textTable(rows)}\n`);
  await publishTable('bench defer', markdownTable(rows));
}

async function measure(requests: number): Promise<string[][]> {
  const closers = new Closers();
  try {
    const users = closers.add(await openSlowProxy(delayMs));
    const testbed = closers.add(await openGatewayTestbed({ SUBGRAPH_URLS: JSON.stringify({ users: users.url }) }));
    users.target = testbed.services.users;
    const { url } = await testbed.startGateway('Marquee');
    const rows = [['ms', 'first part p50', 'p99', 'whole response p50', 'p99']];
    const kinds = [
      ['one result', whole, 'application/json'],
      ['poster with @defer', deferred, 'multipart/mixed'],
      ['jobs with @stream, two first', streamed, 'multipart/mixed'],
    ] as const;
    for (const [title, query, accept] of kinds) {
      await timesOf(url, { query, accept }, 10);
      rows.push([title, ...figures(await timesOf(url, { query, accept }, requests))]);
    }
    return rows;
  } finally {
    await closers.close();
  }
}

interface Times {
  first: number;
  last: number;
}

interface Sent {
  query: string;
  accept: string;
}

async function timesOf(url: string, { query, accept }: Sent, requests: number): Promise<Times[]> {
  const times: Times[] = [];
  while (times.length < requests) {
    const startedAt = performance.now();
    const headers = { 'content-type': 'application/json', accept };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    let first: number | undefined;
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      first ??= performance.now() - startedAt;
      text += new TextDecoder().decode(chunk);
    }
    if (!text.includes('displayName') || text.includes('"errors"')) throw new Error(`The response is wrong: ${text}`);
    const last = performance.now() - startedAt;
    times.push({ first: first ?? last, last });
  }
  return times;
}

function figures(times: readonly Times[]): string[] {
  const [first, last] = [times.map((one) => one.first), times.map((one) => one.last)];
  return [quantile(first, 0.5), quantile(first, 0.99), quantile(last, 0.5), quantile(last, 0.99)].map(formatFigure);
}
