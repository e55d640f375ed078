import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { post } from '@marquee/testkit/test-service';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, gatewayEnvironment } from '../fixtures/gateway.js';
import { supergraphFile } from '../fixtures/sample-graph.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type Rooms } from '../fixtures/rooms-subgraph.js';
import { openSubgraph, type Subgraph } from '../fixtures/test-subgraph.js';

jest.setTimeout(60_000);

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const posts = 'subscription { posted { text } }';

/** Milliseconds of draining, clients of each kind at each gateway, and milliseconds that the slow answer takes. */
const [drain, crowd, slowly] = [2_000, 5, 800];

let rooms: Rooms;
let others: Subgraph[];
let gateways: Drained[];
const clients = createLiveClients(() => gateways[0]!.running);

beforeAll(async () => {
  [rooms, ...others] = await Promise.all([openRooms(), openPeople(), openSlow()]);
  const supergraph = await supergraphFile([rooms, ...others]);
  gateways = await Promise.all([drainGateway(supergraph), drainGateway(supergraph)]);
});
afterAll(async () => {
  await clients.leave();
  await Promise.all([rooms, ...others].map((subgraph) => subgraph.close()));
});

describe('SIGTERM', () => {
  test('closes sockets with 1001, spread over the drain time, at every gateway', () => {
    for (const { sockets } of gateways) {
      expect(sockets.map(({ how }) => how)).toEqual(Array(crowd).fill([1001, 'draining']));
      expectSpread(sockets);
    }
  });

  test('breaks event streams off, without "complete", spread likewise', () => {
    for (const { streams } of gateways) {
      expect(streams.map(({ how }) => how)).toEqual(Array(crowd).fill('event: next'));
      expectSpread(streams);
    }
  });

  test('lets requests in flight finish, and ends the gateway with 0', () => {
    expect(gateways.map(({ answer }) => answer)).toEqual(Array(2).fill({ slow: 'well' }));
    expect(gateways.map(({ exit }) => exit)).toEqual(Array(2).fill([0, null]));
  });
});

/** One after the other, from the beginning to the end, and no two thirds of the time without one. */
function expectSpread(endings: readonly Ending[]): void {
  const times = endings.map(({ at }) => at).sort((one, other) => one - other);
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(drain * 0.6);
  expect(Math.max(...gaps)).toBeLessThan(drain * 0.6);
}

interface Drained {
  running: Gateway;
  sockets: Ending[];
  streams: Ending[];
  answer: unknown;
  exit: unknown;
}

interface Ending {
  how: unknown;
  at: number;
}

/** A gateway through its end, with clients of all kinds. */
async function drainGateway(supergraph: string): Promise<Drained> {
  const environment = { ...(await gatewayEnvironment(supergraph)), LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [main], {
    env: { ...environment, DRAIN_SECONDS: String(drain / 1000) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const running = { url: await urlOf(child) } as Gateway;
  const sockets = Array.from({ length: crowd }, () => socketEnding(running));
  const streams = Array.from({ length: crowd }, () => streamEnding(running));
  await Promise.all([...sockets, ...streams].map(({ begun }) => begun));
  const answer = post(`${running.url}/graphql`, '{ slow }');
  await wait(slowly / 4);
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

interface Begun {
  begun: Promise<unknown>;
  ending: Promise<Ending>;
}

function socketEnding(at: Gateway): Begun {
  const client = clients.subscribe(posts, { at, variables: {} });
  const ending = client.closed.then((how) => ({ how, at: performance.now() }));
  return { begun: firstPost(() => client.next()), ending };
}

function streamEnding(at: Gateway): Begun {
  const response = fetch(`${at.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: posts }),
  });
  const texts = textsOf(response);
  const begun = firstPost(async () => {
    for (let read = await texts.next(); !read.done; read = await texts.next())
      if (String(read.value).includes('event: next')) return;
    throw new Error('The stream ended before an event.');
  });
  const ending = begun.then(async () => {
    let all = 'event: next';
    for await (const text of texts) all += /^event: (?!next).*/m.exec(text)?.[0] ?? '';
    return { how: all, at: performance.now() };
  });
  return { begun, ending };
}

async function* textsOf(response: Promise<Response>): AsyncGenerator<string> {
  for await (const chunk of (await response).body!) yield Buffer.from(chunk as Uint8Array).toString();
}

/** Posts until it is heard: only then the stream is open through all. */
async function firstPost(heard: () => Promise<unknown>): Promise<void> {
  const posting = setInterval(() => rooms.post('hello'), 100);
  await heard().finally(() => clearInterval(posting));
}

function openSlow(): Promise<Subgraph> {
  return openSubgraph({
    name: 'slow',
    sdl: 'type Query { slow: String }',
    resolvers: { Query: { slow: () => wait(slowly, 'well') } },
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
