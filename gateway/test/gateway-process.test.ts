import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { post } from '@marquee/testkit/test-service';
import { gatewayEnvironment } from './fixtures/gateway.js';
import { openPosts, openUsers, supergraphFile, textFile } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let posts: Subgraph;
let users: Subgraph;
let supergraph: string;

beforeAll(async () => {
  [posts, users] = await Promise.all([openPosts(), openUsers()]);
  supergraph = await supergraphFile([posts, users]);
});

afterAll(() => Promise.all([posts.close(), users.close()]));

test('starts with three variables over any supergraph, and exits with 0 on SIGTERM', async () => {
  const gateway = spawnGateway(await threeVariables(supergraph), { DRAIN_DELAY_SECONDS: '0' });
  const { data } = await post(`${await urlOf(gateway)}/graphql`, '{ posts { title author { name } } }');
  expect(data.posts[0]).toEqual({ title: 'Post 1', author: { name: 'User 1' } });
  gateway.kill('SIGTERM');
  expect(await once(gateway, 'exit')).toEqual([0, null]);
});

test('logs no credentials of clients', async () => {
  const gateway = spawnGateway(await threeVariables(supergraph), { DRAIN_DELAY_SECONDS: '0', LOG_LEVEL: 'trace' });
  const lines: string[] = [];
  gateway.stdout?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const url = await urlOf(gateway);
  const headers = { authorization: 'Bearer secret-token', 'x-dev-user-id': 'secret-user' };
  expect((await post(`${url}/graphql`, '{ me { id } }', {}, headers)).status).toBe(401);
  await post(`${url}/graphql`, 'query ($code: String!) { failing(code: $code) }', { code: 'secret-variable' });
  gateway.kill('SIGTERM');
  await once(gateway, 'close');
  expect(lines.join('')).toContain('unexpected error');
  expect(lines.join('')).not.toMatch(/secret-(token|user)/);
});

test('logs the request id and the trace id, on the fast path and through Apollo Server', async () => {
  const gateway = spawnGateway(await threeVariables(supergraph), { DRAIN_DELAY_SECONDS: '0' });
  const lines: string[] = [];
  gateway.stdout?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const url = `${await urlOf(gateway)}/graphql`;
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = (requestId: string) => ({
    'x-request-id': requestId,
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    'apollo-require-preflight': 'true',
  });
  await post(url, '{ fast: failing(code: "INTERNAL_SERVER_ERROR") }', {}, headers('request-fast'));
  await fetch(`${url}?query={slow:failing(code:"INTERNAL_SERVER_ERROR")}`, { headers: headers('request-slow') });
  users.behavior = { status: 500, text: '' };
  await post(url, '{ posts { author { name } } }', {}, headers('request-upstream'));
  users.behavior = 'normal';
  gateway.kill('SIGTERM');
  await once(gateway, 'close');
  const records = lines
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'unexpected error' || msg === 'request to subgraph failed');
  expect(records.map(({ requestId, traceId: trace }) => [requestId, trace])).toEqual(
    ['request-fast', 'request-slow', 'request-upstream'].map((requestId) => [requestId, traceId]),
  );
});

test.each([
  ['DEV_IDENTITY in production', { DEV_IDENTITY: 'true' }, 'DEV_IDENTITY: must not be true'],
  ['a schema that is not a supergraph', { SUPERGRAPH: 'PLAIN' }, 'is not a supergraph'],
])('rejects %s with exit code 78 and the reason', async (_, variables, reason) => {
  const plain = await textFile('plain.graphql', 'type Query { a: Int }');
  const given = 'SUPERGRAPH' in variables ? { SUPERGRAPH: plain } : variables;
  const gateway = spawnGateway(await threeVariables(supergraph), given);
  const output: string[] = [];
  gateway.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  expect(await once(gateway, 'close')).toEqual([78, null]);
  expect(output.join('')).toContain(reason);
});

async function threeVariables(path: string): Promise<Record<string, string>> {
  const { SUPERGRAPH = '', PORT = '', CALLER_SIGNING_KEY = '' } = await gatewayEnvironment(path);
  return { SUPERGRAPH, PORT, CALLER_SIGNING_KEY };
}

function spawnGateway(...variables: Record<string, string>[]): ChildProcess {
  return spawn(process.execPath, [main], { env: Object.assign({}, ...variables), stdio: ['ignore', 'pipe', 'pipe'] });
}

async function urlOf(gateway: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: gateway.stdout! })) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg === 'ready' && url !== undefined) return url;
  }
  throw new Error('The gateway ended before it was ready.');
}
