import { createServer, type Server } from 'node:http';
import { Session } from 'node:inspector/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@marquee/testkit/ports';
import { type Gateway, openGateway } from './fixtures/gateway.js';

/**
 * Distinct functions of the gateway and the chassis that one warm request for a single field calls, on the whole way
 * from the HTTP server to the subgraph and back, the HTTP client included. An indirection on the hot path shows up here
 * first.
 */
const maxFunctions = 200;

const sdl = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9") type Query { greeting: String }';
const query = '{ greeting }';
const response = '{"data":{"greeting":"hello"}}';

let subgraph: Server;
let gateway: Gateway;

beforeAll(async () => {
  const port = await freePort();
  subgraph = await openPlainSubgraph(port);
  gateway = await openGateway([{ name: 'greetings', url: `http://127.0.0.1:${port}/graphql`, sdl }]);
});

afterAll(async () => {
  await gateway.close();
  subgraph.close();
});

test('a warm single-field request stays within the number of our own functions that it may call', async () => {
  for (let count = 0; count < 20; count += 1) await gateway.query(query);
  const functions = await calledFunctions(() => gateway.query(query));
  process.stdout.write(`${functions.length} own functions called for one warm single-field request\n`);
  if (functions.length > maxFunctions) process.stdout.write(`${functions.join('\n')}\n`);
  expect(functions.length).toBeGreaterThan(0);
  expect(functions.length).toBeLessThanOrEqual(maxFunctions);
});

/** Unlike the subgraph of the fixtures it calls no functions of the chassis, which would count as the gateway's. */
async function openPlainSubgraph(port: number): Promise<Server> {
  const server = createServer((request, reply) =>
    request.resume().on('end', () => reply.setHeader('content-type', 'application/json').end(response)),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** Our own functions that a task calls. Timers may call others meanwhile, so the smallest of five measurements counts. */
async function calledFunctions(task: () => Promise<unknown>): Promise<string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const measurements: string[][] = [];
  for (let count = 0; count < 5; count += 1) {
    await session.post('Profiler.takePreciseCoverage');
    await task();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    measurements.push(
      result.flatMap(({ url, functions }) => (isOwn(url) ? functions.flatMap(describeCalled(url)) : [])),
    );
  }
  session.disconnect();
  return measurements.toSorted((one, other) => one.length - other.length)[0] ?? [];
}

function isOwn(url: string): boolean {
  return /\/(gateway\/src|chassis\/dist)\//.test(url);
}

function describeCalled(url: string) {
  return ({ functionName, ranges: [range] }: FunctionCoverage): string[] =>
    range && range.count > 0 ? [`${url}:${range.startOffset} ${functionName} (${range.count})`] : [];
}

interface FunctionCoverage {
  functionName: string;
  ranges: { startOffset: number; count: number }[];
}
