/** @alone: what measures belongs to the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** What a collector received, by path, as text. */
const received: Record<string, string> = {};
const collector = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received[request.url ?? ''] = (received[request.url ?? ''] ?? '') + Buffer.concat(chunks).toString();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});

beforeAll(async () => {
  await once(collector.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => void collector.close());

test('with an OTLP endpoint a process exports its traces, under the trace of its caller, and its metrics', async () => {
  const { port } = collector.address() as AddressInfo;
  const script = fileURLToPath(new URL('fixtures/slow-service.mjs', import.meta.url));
  const env = { PORT: '0', DRAIN_DELAY_SECONDS: '0', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${url}/slow?ms=1`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(received['/v1/traces']).toContain(traceId);
  expect(received['/v1/traces']).toContain('GET /slow');
  expect(received['/v1/metrics']).toContain('http.server.request.duration');
});
