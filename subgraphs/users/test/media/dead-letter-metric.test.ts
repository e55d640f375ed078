/** @alone: metrics are global to the process. */
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openUsersTestbed } from '../fixtures/users-testbed.js';
import { jpeg } from '../fixtures/media-files.js';
import { upload } from '../fixtures/uploads.js';

/** The metrics that the collector received. */
const received: string[] = [];
const collector = createServer((request, response) => {
  void text(request).then((body) => {
    if (request.url === '/v1/metrics') received.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});

beforeAll(async () => void (await once(collector.listen(0, '127.0.0.1'), 'listening')));
afterAll(() => void collector.close());

test('counts uploads by outcome, including dead letters', async () => {
  const { port } = collector.address() as AddressInfo;
  const testbed = await openUsersTestbed({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  const [person, file, avatar] = [
    await testbed.person(),
    await jpeg(),
    { purpose: 'AVATAR', contentType: 'image/jpeg' },
  ];
  await upload(testbed, person, avatar, file);
  await upload(testbed, person, avatar, Buffer.from('no picture'));
  const folder = join(testbed.environment['MEDIA_DIRECTORY'] ?? '', 'media');
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  await upload(testbed, person, avatar, file);
  await testbed.close();
  expect(numbersOf('marquee.media.uploads')).toEqual({ accepted: 1, rejected: 1, 'dead letter': 1 });
  expect(numbersOf('marquee.media.dead_letters')).toEqual({ now: 1 });
});

interface Metric {
  name: string;
  sum?: Points;
  gauge?: Points;
}

interface Points {
  dataPoints: { attributes: { value: { stringValue: string } }[]; asDouble: number }[];
}

/** The last exported values of a metric, by outcome. */
function numbersOf(name: string): Record<string, number> {
  const told = JSON.parse(received.at(-1) ?? '{}') as { resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[] };
  const metrics = told.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const { sum, gauge } = metrics.find((metric) => metric.name === name) ?? {};
  const points = (sum ?? gauge)?.dataPoints ?? [];
  return Object.fromEntries(points.map((point) => [point.attributes[0]?.value.stringValue ?? 'now', point.asDouble]));
}
