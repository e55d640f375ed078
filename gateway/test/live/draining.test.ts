import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post } from '@marquee/testkit/test-service';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, gatewayEnvironment } from '../fixtures/gateway.js';
import { supergraphFile } from '../fixtures/sample-graph.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import { openSubgraph, type Subgraph } from '../fixtures/test-subgraph.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const posts = 'subscription { posted { text } }';

/** Drain time in milliseconds, clients of each kind per gateway, and duration of the slow query in milliseconds. */
const [drainMs, clientCount, slowQueryMs] = [2_000, 5, 800];

let rooms: RoomsSubgraph;
let people: Subgraph;
let slow: Subgraph;
let gateways: Drained[];
const clients = createLiveClients(() => gateways[0]!.running);

beforeAll(async () => {
  [rooms, people, slow] = await Promise.all([openRooms(), openPeople(), openSlow()]);
  const supergraph = await supergraphFile([rooms, people, slow]);
  gateways = await Promise.all([drainGateway(supergraph), drainGateway(supergraph)]);
});
afterAll(async () => {
  await clients.closeAll();
  await Promise.all([rooms, people, slow].map((subgraph) => subgraph.close()));
});

describe('SIGTERM', () => {
  test('closes sockets with 1001, spread over the drain time', () => {
    for (const { sockets } of gateways) {
      expect(sockets.map(({ end }) => end)).toEqual(Array(clientCount).fill([1001, 'draining']));
      expectSpread(sockets);
    }
  });

  test('interrupts event streams without "complete", spread over the drain time', () => {
    for (const { streams } of gateways) {
      expect(streams.map(({ end }) => end)).toEqual(Array(clientCount).fill('event: next'));
      expectSpread(streams);
    }
  });

  test('lets requests in flight finish, then exits with 0', () => {
    expect(gateways.map(({ answer }) => answer)).toEqual(Array(2).fill({ slow: 'done' }));
    expect(gateways.map(({ exit }) => exit)).toEqual(Array(2).fill([0, null]));
  });
});

/** The endings come at several moments. A busy machine may notice some late, at the same moment as the next one. */
function expectSpread(endings: readonly Ending[]): void {
  const times = endings.map(({ at }) => at).sort((one, other) => one - other);
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(drainMs * 0.4);
  expect(gaps.filter((gap) => gap > drainMs / clientCount / 4).length).toBeGreaterThanOrEqual(2);
}

interface Drained {
  running: Gateway;
  sockets: Ending[];
  streams: Ending[];
  answer: unknown;
  exit: unknown;
}

interface Ending {
  end: unknown;
  at: number;
}

/** Starts a gateway with clients of all kinds, and stops it with SIGTERM. */
async function drainGateway(supergraph: string): Promise<Drained> {
  const environment = { ...(await gatewayEnvironment(supergraph)), LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [main], {
    env: { ...environment, DRAIN_SECONDS: String(drainMs / 1000) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const running = { url: await urlOf(child) } as Gateway;
  const sockets = Array.from({ length: clientCount }, () => socketEnding(running));
  const streams = Array.from({ length: clientCount }, () => streamEnding(running));
  await Promise.all([...sockets, ...streams].map(({ started }) => started));
  const answer = post(`${running.url}/graphql`, '{ slow }');
  // The query of each gateway is in flight.
  while (slow.requestCount < 2) await wait(10);
  child.kill('SIGTERM');
  const exit = once(child, 'exit');
  return {
    running,
    sockets: await Promise.all(sockets.map(({ ending }) => ending)),
    streams: await Promise.all(streams.map(({ ending }) => ending)),
    answer: (await answer).data,
    exit: await exit,
  };
}

interface StartedClient {
  started: Promise<unknown>;
  ending: Promise<Ending>;
}

function socketEnding(at: Gateway): StartedClient {
  const client = clients.subscribe(posts, { at, variables: {} });
  const ending = client.closed.then((end) => ({ end, at: performance.now() }));
  return { started: firstPost(() => client.next()), ending };
}

function streamEnding(at: Gateway): StartedClient {
  const response = fetch(`${at.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: posts }),
  });
  const texts = textsOf(response);
  const started = firstPost(async () => {
    for (let read = await texts.next(); !read.done; read = await texts.next())
      if (String(read.value).includes('event: next')) return;
    throw new Error('The stream ended before an event.');
  });
  const ending = started.then(async () => {
    let events = 'event: next';
    for await (const text of texts) events += /^event: (?!next).*/m.exec(text)?.[0] ?? '';
    return { end: events, at: performance.now() };
  });
  return { started, ending };
}

async function* textsOf(response: Promise<Response>): AsyncGenerator<string> {
  for await (const chunk of (await response).body!) yield Buffer.from(chunk as Uint8Array).toString();
}

/** Posts until the first event arrives: only then the stream is known to be open. */
async function firstPost(received: () => Promise<unknown>): Promise<void> {
  const posting = setInterval(() => rooms.post('hello'), 100);
  await received().finally(() => clearInterval(posting));
}

function openSlow(): Promise<Subgraph> {
  return openSubgraph({
    name: 'slow',
    sdl: 'type Query { slow: String }',
    resolvers: { Query: { slow: () => wait(slowQueryMs, 'done') } },
  });
}

async function urlOf(gateway: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: gateway.stdout! })) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg === 'ready' && url !== undefined) {
      gateway.stdout!.resume();
      return url;
    }
  }
  throw new Error('The gateway ended before it was ready.');
}
