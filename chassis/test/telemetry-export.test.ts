import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Collector, openCollector } from '@marquee/testkit/collector';

const started: ChildProcess[] = [];
let collector: Collector;

beforeAll(async () => {
  collector = await openCollector();
});
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => collector.close());

describe('with an OTLP endpoint', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';

  test('a process exports its traces, under the trace of its caller, and its metrics', async () => {
    const program = await launch('slow-service', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, baggage: 'person=ursula' };
    await fetch(`${program.url}/slow?ms=1`, { headers });
    for (let turn = 0; turn < 101; turn += 1) await fetch(`${program.url}/health`);
    await program.end();
    const spans = collector.spans();
    expect(spans.filter((span) => span.traceId === traceId)).toMatchObject([
      { name: 'GET /slow', parentSpanId: 'b7ad6b7169203331' },
    ]);
    expect(spans.filter(({ name }) => name === 'GET /health')).toHaveLength(2);
    expect(collector.metric('http.server.request.duration')).toEqual({ 'GET 200 /slow': 1, 'GET 200 /health': 101 });
    expect(collector.metric('process.cpu.time')['user']).toBeGreaterThan(0);
    expect(collector.text()).not.toContain('ursula');
  });
});

describe('with a METRICS_PORT', () => {
  test('Prometheus finds the metrics at a port of their own, and nothing else there', async () => {
    const program = await launch('failing-service', { METRICS_PORT: '0' });
    await Promise.all(['foreseen', 'relayed', 'unforeseen', 'broken'].map((path) => fetch(`${program.url}/${path}`)));
    const metrics = await (await fetch(program.metricsUrl)).text();
    expect(metrics).toMatch(/^target_info\{service_name="failing",service_version="0\.1\.0"\} 1$/m);
    expect(metrics).toMatch(/^marquee_errors_unexpected_total\{.*\} 2$/m);
    const told = ['count', 'bucket', 'sum'].map((part) => timingOf(metrics, '/foreseen', part));
    expect(told).toEqual(['1', '1', expect.stringMatching(/^0\.0\d+$/)]);
    expect((await fetch(`${program.url}/metrics`)).status).toBe(404);
    expect((await fetch(program.metricsUrl.replace('/metrics', '/'))).status).toBe(404);
  });

  test('how late the event loop was is told once somebody has looked', async () => {
    const { metricsUrl } = await launch('slow-service', { METRICS_PORT: '0' });
    const delays = async () =>
      (await (await fetch(metricsUrl)).text()).match(/^nodejs_eventloop_delay_(p99|max)\{.*\} .*$/gm) ?? [];
    let told = await delays();
    for (; told.length === 0; told = await delays()) await wait(100);
    for (const line of told) expect(Number(line.split(' ').at(-1))).toBeGreaterThan(0.001);
    expect(told).toHaveLength(2);
  });

  test('a port that is taken keeps the process from starting, and without one there is none', async () => {
    const first = await launch('slow-service', { METRICS_PORT: '0' });
    const { port } = new URL(first.metricsUrl);
    await expect(launch('slow-service', { METRICS_PORT: port })).rejects.toThrow('EADDRINUSE');
    expect((await launch('slow-service', {})).output()).not.toContain('metrics');
  });
});

/** The last value of this part of a histogram: of its buckets, the one that has all. */
function timingOf(metrics: string, route: string, part: string): string | undefined {
  const line = new RegExp(`^http_server_request_duration_${part}\\{.*http_route="${route}".*\\} (\\S+)$`, 'gm');
  return [...metrics.matchAll(line)].at(-1)?.[1];
}

describe('with a SENTRY_DSN', () => {
  /** What came, as text. */
  const reports: string[] = [];
  const sentry = createServer((request, response) => {
    const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    void text(body).then((report) => {
      reports.push(report);
      response.end('{}');
    });
  });
  let dsn: string;

  beforeAll(async () => {
    await once(sentry.listen(0, '127.0.0.1'), 'listening');
    dsn = `http://key@127.0.0.1:${(sentry.address() as AddressInfo).port}/1`;
  });
  afterAll(() => void sentry.close());

  test('errors that nobody foresaw are reported once, without anything personal, and of failed health checks one in a hundred', async () => {
    const program = await launch('failing-service', {
      SENTRY_DSN: dsn,
      SERVICE_VERSION: '1.2.3',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    const headers = { authorization: 'Bearer hunter2', cookie: 'hunter2', 'x-request-id': 'request-0001' };
    const ask = (path: string) => fetch(`${program.url}/${path}?q=hunter2`, { headers });
    await Promise.all(['foreseen', 'relayed', 'unforeseen', 'unforeseen'].map(ask));
    await ask('broken');
    for (let turn = 0; turn < 101; turn += 1) await fetch(`${program.url}/ready`);
    await program.end();
    const events = reports.map(eventIn);
    const told = events.find(({ tags }) => tags['location'] === 'people.*.name');
    expect(events.map(({ exception, tags }) => `${tags['location']}: ${exception.values[0]?.value}`).sort()).toEqual([
      '/broken: the request broke',
      '/ready: the store is away',
      '/ready: the store is away',
      'people.*.name: Key (email)=([email]) clashes with "…", token [token]',
    ]);
    expect(told).toMatchObject({ release: '1.2.3', server_name: 'failing', environment: 'test' });
    expect(told?.tags).toMatchObject({ requestId: 'request-0001', traceId: expect.any(String) });
    expect(Object.keys(told ?? {}).sort()).toEqual([
      'environment',
      'event_id',
      'exception',
      'level',
      'platform',
      'release',
      'sdk',
      'server_name',
      'tags',
      'timestamp',
    ]);
    expect(reports.join()).not.toMatch(/hunter2|ada@|eyJ/);
    // Nor has it taken the traces over.
    expect(collector.spans().map(({ name }) => name)).toContain('GET /unforeseen');
  });
});

test('of lines that are alike one is written at once, and then how many more there were', async () => {
  const program = await launch('failing-service', {});
  await Promise.all(Array.from({ length: 50 }, () => fetch(`${program.url}/unforeseen`)));
  await fetch(`${program.url}/broken`);
  await program.end();
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line.includes('unexpected error'));
  expect(lines[0]).not.toContain('"more"');
  const written = lines.map((line) => (JSON.parse(line) as { more?: number }).more ?? 1);
  expect([written.length < 10, written.reduce((sum, count) => sum + count)]).toEqual([true, 50]);
  expect(program.output()).toContain('the request broke');
});

interface Event {
  release: string;
  tags: Record<string, string>;
  exception: { values: { value: string }[] };
}

/** An envelope is lines of JSON: its own header, that of its item, and the item. */
function eventIn(envelope: string): Event {
  return JSON.parse(envelope.split('\n')[2] ?? '{}') as Event;
}

async function launch(fixture: string, variables: Record<string, string>) {
  const script = fileURLToPath(new URL(`fixtures/${fixture}.mjs`, import.meta.url));
  const env = { NODE_ENV: 'test', PORT: '0', DRAIN_DELAY_SECONDS: '0', DRAIN_SECONDS: '0', ...variables };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  while (!output.includes('"msg":"ready"')) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(output);
    await Promise.race([once(child.stdout, 'data'), closed]);
  }
  const address = (message: string) => new RegExp(`"url":"([^"]+)","msg":"${message}"`).exec(output)?.[1] ?? '';
  return {
    url: address('ready'),
    metricsUrl: address('metrics for Prometheus'),
    output: () => output,
    async end() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
