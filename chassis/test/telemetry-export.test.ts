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

  test('exports traces, as part of the trace of the sender, and metrics', async () => {
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
    expect(collector.metric('http.server.request.duration')).toEqual({
      'GET 200 /slow http': 1,
      'GET 200 /health http': 101,
    });
    expect(collector.metric('process.cpu.time')['user']).toBeGreaterThan(0);
    expect(collector.text()).not.toContain('ursula');
  });
});

describe('with a METRICS_PORT', () => {
  test('serves metrics to Prometheus on a separate port, and nothing else there', async () => {
    const program = await launch('failing-service', { METRICS_PORT: '0' });
    await Promise.all(['expected', 'relayed', 'unexpected', 'broken'].map((path) => fetch(`${program.url}/${path}`)));
    const metrics = await (await fetch(program.metricsUrl)).text();
    expect(metrics).toMatch(
      /^target_info\{service_name="failing",service_version="0\.1\.0",service_instance_id="[0-9a-f-]{36}"\} 1$/m,
    );
    expect(metrics).toMatch(/^marquee_errors_unexpected_total\{.*\} 2$/m);
    const reported = ['count', 'bucket', 'sum'].map((part) => timingOf(metrics, '/expected', part));
    expect(reported).toEqual(['1', '1', expect.stringMatching(/^\d+\.\d+/)]);
    expect((await fetch(`${program.url}/metrics`)).status).toBe(404);
    expect((await fetch(program.metricsUrl.replace('/metrics', '/'))).status).toBe(404);
  });

  test('reports the event loop delay once there is a sample', async () => {
    const { metricsUrl } = await launch('slow-service', { METRICS_PORT: '0' });
    const delays = async () =>
      (await (await fetch(metricsUrl)).text()).match(/^nodejs_eventloop_delay_(p99|max)\{.*\} .*$/gm) ?? [];
    let reported = await delays();
    for (; reported.length === 0; reported = await delays()) await wait(100);
    for (const line of reported) expect(Number(line.split(' ').at(-1))).toBeGreaterThan(0.001);
    expect(reported).toHaveLength(2);
  });

  test('does not start if the port is taken, and opens none without METRICS_PORT', async () => {
    const first = await launch('slow-service', { METRICS_PORT: '0' });
    const { port } = new URL(first.metricsUrl);
    await expect(launch('slow-service', { METRICS_PORT: port })).rejects.toThrow('EADDRINUSE');
    expect((await launch('slow-service', {})).output()).not.toContain('metrics');
  });
});

/** The last value of a part of a histogram: of its buckets, the unbounded one. */
function timingOf(metrics: string, route: string, part: string): string | undefined {
  const line = new RegExp(`^http_server_request_duration_${part}\\{.*http_route="${route}".*\\} (\\S+)$`, 'gm');
  return [...metrics.matchAll(line)].at(-1)?.[1];
}

describe('with a SENTRY_DSN', () => {
  /** The received envelopes. */
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

  test('reports unexpected errors once without personal data, and one in a hundred failed health checks', async () => {
    const program = await launch('failing-service', {
      SENTRY_DSN: dsn,
      SERVICE_VERSION: '1.2.3',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    const headers = { authorization: 'Bearer hunter2', cookie: 'hunter2', 'x-request-id': 'request-0001' };
    const ask = (path: string) => fetch(`${program.url}/${path}?q=hunter2`, { headers });
    await Promise.all(['expected', 'relayed', 'unexpected', 'unexpected'].map(ask));
    await ask('broken');
    for (let turn = 0; turn < 101; turn += 1) await fetch(`${program.url}/ready`);
    await program.end();
    const events = reports.map(eventIn);
    const reported = events.find(({ tags }) => tags['location'] === 'people.*.name');
    expect(events.map(({ exception, tags }) => `${tags['location']}: ${exception.values[0]?.value}`).sort()).toEqual([
      '/broken: the request failed',
      '/ready: the store is unreachable',
      '/ready: the store is unreachable',
      'people.*.name: Key (email)=([email]) clashes with "…", token [token]',
    ]);
    expect(reported).toMatchObject({ release: '1.2.3', server_name: 'failing', environment: 'test' });
    expect(reported?.tags).toMatchObject({ requestId: 'request-0001', traceId: expect.any(String) });
    expect(Object.keys(reported ?? {}).sort()).toEqual([
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
    // Sentry has not taken over tracing.
    expect(collector.spans().map(({ name }) => name)).toContain('GET /unexpected');
    expect(reports.join()).not.toContain('"transaction"');
  });

  test('sends the traces that the sender has chosen, and profiles, independent of the export to a collector', async () => {
    reports.length = 0;
    const program = await launch('slow-service', {
      ...{ SENTRY_DSN: dsn, SENTRY_TRACES_SAMPLE_RATE: '0.5', SENTRY_PROFILES_SAMPLE_RATE: '1' },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' },
    });
    const [sent, notSent] = ['7'.repeat(32), '9'.repeat(32)];
    for (const [traceId, decision] of [
      [sent, 1],
      [notSent, 0],
    ] as const)
      await fetch(`${program.url}/slow?ms=50`, {
        headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: `other=1,marquee=${decision}` },
      });
    await program.end();
    const transactions = reports.flatMap((report) => itemsIn(report, 'transaction'));
    expect(transactions).toMatchObject([
      {
        transaction: 'GET /slow',
        contexts: { trace: { trace_id: sent, parent_span_id: 'b7ad6b7169203331', op: 'http.server', status: 'ok' } },
        server_name: 'slow',
      },
    ]);
    expect(Object.keys(transactions[0] ?? {}).sort()).toEqual([
      ...['contexts', 'environment', 'event_id', 'platform', 'release', 'sdk', 'server_name', 'spans'],
      ...['start_timestamp', 'timestamp', 'transaction', 'transaction_info', 'type'],
    ]);
    const profiles = reports.flatMap((report) => itemsIn(report, 'profile'));
    expect(profiles).toMatchObject([{ transaction: { id: transactions[0]?.['event_id'], trace_id: sent } }]);
    const { frames, stacks, samples } = profiles[0]?.['profile'] as SampledProfile;
    expect([frames.length > 0, stacks.length > 0]).toEqual([true, true]);
    for (const { stack_id: stack } of samples)
      for (const frame of stacks[stack] ?? []) expect(frames[frame]?.function).toEqual(expect.any(String));
    expect(collector.spans().filter(({ traceId }) => [sent, notSent].includes(traceId))).toEqual([]);
  });
});

test('writes the first of identical log lines, and then the number of the others', async () => {
  const program = await launch('failing-service', {});
  await Promise.all(Array.from({ length: 50 }, () => fetch(`${program.url}/unexpected`)));
  await fetch(`${program.url}/broken`);
  await program.end();
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line.includes('unexpected error'));
  expect(lines[0]).not.toContain('"more"');
  const written = lines.map((line) => (JSON.parse(line) as { more?: number }).more ?? 1);
  expect([written.length < 25, written.reduce((sum, count) => sum + count)]).toEqual([true, 50]);
  expect(program.output()).toContain('the request failed');
});

interface Event {
  release: string;
  tags: Record<string, string>;
  exception: { values: { value: string }[] };
}

interface SampledProfile {
  frames: { function: string }[];
  /** The indexes of frames. */
  stacks: number[][];
  samples: { stack_id: number }[];
}

/** The items of a type in an envelope: after its header, each has a line for its own header and one for its content. */
function itemsIn(envelope: string, type: string): Record<string, unknown>[] {
  const lines = envelope.split('\n').slice(1);
  return lines.flatMap((line, index) =>
    index % 2 === 0 && (JSON.parse(line || '{}') as { type?: string }).type === type
      ? [JSON.parse(lines[index + 1] ?? '{}') as Record<string, unknown>]
      : [],
  );
}

/** An envelope has three lines of JSON: its header, the header of its item, and the item. */
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
