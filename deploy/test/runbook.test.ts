import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { missingRedisReason, openRedisServer } from '@marquee/testkit/redis-server';
import { openTcpProxy } from '@marquee/testkit/tcp-proxy';
import { testKeys } from '@marquee/testkit/test-keys';
import { freshTable } from '@marquee/testkit/test-stores';
import { matchesPattern } from './filter-pattern.js';
import { type ProgramOutput, startProgram } from './service-output.js';

/** An address at which nothing listens. */
const nowhere = 'http://127.0.0.1:1';

const runbook = readFileSync(new URL('../runbook.md', import.meta.url), 'utf8');
const commands = [...runbook.matchAll(/aws logs tail (\S+) [^`\n]*--filter-pattern '([^']+)'/g)].map(
  ([, group = '', pattern = '']) => ({ group: group.split('/').at(-1) ?? '', pattern }),
);
/** The collector writes the metrics log, and no collector runs here. Only a lost Redis is logged as one. */
const tested = commands.filter(
  ({ group, pattern }) => group !== 'metrics' && (missingRedisReason() === undefined || !pattern.includes('Redis')),
);

let scratch: string;
let strangers: Server;
const running: ProgramOutput[] = [];

/** The lines that each program wrote, by its log group. */
const written = new Map<string, readonly string[]>();

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'runbook-'));
  // A service that does not know the gateway's key.
  strangers = createServer((_, response) => response.writeHead(401).end('{}'));
  await new Promise<void>((resolve) => strangers.listen(0, '127.0.0.1', resolve));
  const [gateway, service] = await Promise.all([gatewayLines(), serviceLines()]);
  written.set('gateway', gateway).set('SERVICE', [...gateway, ...service]);
});

afterAll(async () => {
  for (const { stop } of running) stop();
  strangers.close();
  // They may write until they end.
  await Promise.all([...running].map(({ ended }) => ended));
  await rm(scratch, { recursive: true });
});

describe('the runbook', () => {
  test.each(tested)('finds lines in the log of $group with $pattern', ({ group, pattern }) => {
    const lines = written.get(group) ?? [];
    const found = lines.filter((line) => matchesPattern(pattern.replace('"SERVICE"', '"jobs"'), line));
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(lines.length);
  });

  test('searches in at least ten ways, and never by a number of the level', () => {
    expect(new Set(tested.map(({ pattern }) => pattern)).size).toBeGreaterThanOrEqual(10);
    expect(runbook).not.toMatch(/level >=/);
  });
});

/** A gateway with services that fail in several ways and a supergraph that becomes invalid. It is stopped at the end. */
async function gatewayLines(): Promise<readonly string[]> {
  const supergraph = join(scratch, 'supergraph.graphql');
  await copyFile(fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)), supergraph);
  const { port } = strangers.address() as AddressInfo;
  const urls = { users: `http://127.0.0.1:${port}/graphql`, jobs: `${nowhere}/graphql`, shows: `${nowhere}/graphql` };
  const gateway = start('gateway', {
    SUPERGRAPH: supergraph,
    SUPERGRAPH_POLL_SECONDS: '0.1',
    SUBGRAPH_URLS: JSON.stringify(urls),
    CALLER_SIGNING_KEY: (await testKeys()).privateKey,
    SUBGRAPH_RETRIES: '0',
    // Traces are recorded; the collector refuses them.
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  });
  const url = addressIn(await gateway.line((line) => line.includes('"ready"')));
  await send(url, '{ taxonomy { id } feed(first: 1) { edges { cursor } } }');
  await send(url, 'subscription { activityAdded { id } }', { accept: 'text/event-stream' });
  await gateway.line((line) => line.includes('lost a subscription'));
  await gateway.line((line) => line.includes('an operation was slow or failed'));
  await writeFile(supergraph, 'type Query { half');
  await gateway.line((line) => line.includes('supergraph rejected'));
  gateway.stop();
  expect(await gateway.ended).toBe(0);
  const broken = start('gateway', {
    SUPERGRAPH: join(scratch, 'missing.graphql'),
    CALLER_SIGNING_KEY: (await testKeys()).privateKey,
  });
  expect(await broken.ended).toBe(78);
  return [...gateway.lines, ...broken.lines];
}

/** A service whose stores and bus do not answer, and one with an invalid environment. */
async function serviceLines(): Promise<readonly string[]> {
  const keys = await testKeys();
  const redis = missingRedisReason() === undefined ? await openRedisServer() : undefined;
  const table = freshTable();
  const store = await openTcpProxy(table['DYNAMODB_ENDPOINT'] ?? '');
  const shows = start('shows', {
    ...(redis && { REDIS_URL: redis.url }),
    CALLER_KEYS: keys.publicKeys,
    ...table,
    DYNAMODB_ENDPOINT: store.url,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const url = addressIn(await shows.line((line) => line.includes('"ready"')));
  await store.refuse();
  await fetch(`${url}/ready`);
  await send(url, '{ shows(first: 1) { edges { cursor } } }', {
    [callerHeader]: await keys.signer.sign({ kind: 'guest' }, 'shows'),
  });
  await shows.line((line) => line.includes('a store failed'));
  await shows.line((line) => line.includes('not ready'));
  await redis?.close();
  if (redis) await shows.line((line) => line.includes('connection to Redis is lost'));
  store.close();
  shows.stop();
  const invalid = start('shows', {});
  expect(await invalid.ended).toBe(78);
  return [...shows.lines, ...invalid.lines];
}

function start(service: string, variables: Record<string, string>): ProgramOutput {
  const program = startProgram(service, variables);
  running.push(program);
  return program;
}

function addressIn(line: string): string {
  return (JSON.parse(line) as { url: string }).url;
}

async function send(url: string, query: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  await response.text();
}
