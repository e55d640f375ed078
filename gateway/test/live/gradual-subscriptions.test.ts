import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { userCaller } from '@marquee/testkit/callers';
import { freePort } from '@marquee/testkit/ports';
import { testKeys } from '@marquee/testkit/test-keys';
import { pino } from 'pino';
import { ReconnectPolicy } from '../../src/live/reconnect-policy.js';
import { openSubgraphStreams, type SubgraphStreams } from '../../src/upstream/subgraph-streams.js';
import { WindowSize } from '../../src/upstream/window-size.js';
import { type ManualSubgraph, openManualSubgraph } from '../fixtures/manual-subgraph.js';

/** Subscriptions that are sent before the first acknowledgement. */
const initialWindow = 16;

let subgraph: ManualSubgraph;
let streams: SubgraphStreams;
let counts: Counts;

beforeEach(async () => {
  counts = { started: 0, failures: [] };
  subgraph = await openManualSubgraph();
  streams = await openStreams(subgraph.url);
});
afterEach(async () => {
  await streams.close();
  await subgraph.stop();
});

/** The streams of one test. */
interface Counts {
  started: number;
  failures: unknown[];
}

describe('subscriptions of many streams', () => {
  test('are sent as the subgraph acknowledges them, in a window that shrinks and grows', async () => {
    subscribe(400);
    await until(() => subgraph.outstanding.length === initialWindow);
    await wait(700);
    expect(subgraph.maxOutstanding()).toBe(initialWindow);
    subgraph.acknowledge(initialWindow);
    await until(() => subgraph.outstanding.length >= 11);
    await wait(100);
    expect(subgraph.outstanding).toHaveLength(11);
    // Acknowledgements in time enlarge the window; on a busy machine some are late.
    for (let sent = 400; counts.started < sent || subgraph.maxOutstanding() <= initialWindow; await wait(1)) {
      if (counts.started === sent) sent += subscribe(400).length;
      subgraph.acknowledge(Infinity);
    }
    expect(subgraph.maxOutstanding()).toBeGreaterThan(initialWindow);
    expect(counts.failures).toEqual([]);
  });

  test('start in a small window again when the subgraph is back', async () => {
    subgraph.acknowledgesAtOnce = true;
    subscribe(400);
    await until(() => counts.started === 400);
    subgraph.acknowledgesAtOnce = false;
    await subgraph.stop();
    await until(() => counts.failures.length === 400);
    subgraph.restart();
    subscribe(400);
    await until(() => subgraph.outstanding.length === initialWindow);
    await wait(200);
    expect(subgraph.outstanding).toHaveLength(initialWindow);
  });

  test('are spread over four sockets', async () => {
    subgraph.acknowledgesAtOnce = true;
    subscribe(1_200);
    await until(() => counts.started === 1_200);
    const loads = subgraph.sockets().map((socket) => subgraph.received.filter((one) => one.socket === socket).length);
    expect(loads.toSorted()).toEqual([300, 300, 300, 300]);
  });

  test('are sent at the pace of pongs to a subgraph that announces no acknowledgements', async () => {
    const plain = await openManualSubgraph({ announces: false });
    const others = await openStreams(plain.url);
    plain.answersPings = false;
    subscribe(300, others);
    const subscribed = () => plain.received.filter(({ type }) => type === 'subscribe').length;
    await until(() => subscribed() === initialWindow);
    await wait(200);
    expect(subscribed()).toBe(initialWindow);
    plain.answersPings = true;
    for (const socket of plain.sockets()) socket.send('{"type":"pong"}');
    await until(() => counts.started === 300);
    expect(subscribed()).toBe(300);
    await others.close();
    await plain.stop();
  });

  test('leave the queue when their clients leave', async () => {
    const left = subscribe(100).slice(initialWindow);
    await until(() => subgraph.outstanding.length === initialWindow);
    await Promise.all(left.map(async (stream) => stream.return?.()));
    subgraph.acknowledge(initialWindow);
    subscribe(1);
    await until(() => subgraph.outstanding.length === 1);
    expect(subgraph.received).toHaveLength(initialWindow + 1);
  });
});

describe('while a subgraph is down', () => {
  let server: Server;
  let attempts: number;
  beforeEach(async () => {
    attempts = 0;
    const port = await freePort();
    server = createServer((socket: Socket) => {
      attempts += 1;
      socket.destroy();
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    await streams.close();
    streams = await openStreams(`http://127.0.0.1:${port}/graphql`);
  });
  afterEach(() => void server.close());

  test('one attempt at a time is made for all established streams, which wait', async () => {
    subscribe(500);
    await until(() => attempts >= 3);
    // A whole window fails with the first attempt, one stream with each further one, and a busy machine reports it later.
    expect(counts.failures.length).toBeLessThan(initialWindow + attempts);
  });

  test('streams that were never established fail with UPSTREAM_UNAVAILABLE', async () => {
    subscribe(500, streams, () => false);
    await until(() => counts.failures.length === 500);
    expect(counts.failures[499]).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'rooms' } });
  });
});

describe('a socket', () => {
  const silenceMs = 1_200;

  test('is kept while bytes arrive, although no ping is answered, and terminated in silence', async () => {
    subgraph.answersPings = false;
    streams = await openStreams(subgraph.url, silenceMs);
    subscribe(1);
    await until(() => subgraph.outstanding.length === 1);
    const event = JSON.stringify({ id: subgraph.outstanding[0]?.id, type: 'next', payload: { data: null } });
    for (const until = performance.now() + 2 * silenceMs; performance.now() < until;) {
      for (const socket of subgraph.sockets()) socket.send(event);
      await wait(30);
    }
    expect(counts.failures).toEqual([]);
    await until(() => counts.failures.length === 1);
  });

  test('sends pings in front of the subscriptions that wait', async () => {
    streams = await openStreams(subgraph.url, silenceMs);
    subscribe(2_000);
    await until(() => pings() === 3);
    expect(subgraph.received).toHaveLength(initialWindow + 3);
    expect(counts.failures).toEqual([]);
  });

  function pings(): number {
    return subgraph.received.filter(({ type }) => type === 'ping').length;
  }
});

test('a window doubles per round trip until an acknowledgement is late, and then grows by one', () => {
  let now = 0;
  const size = new WindowSize(() => now);
  const round = (elapsedMs: number) => {
    const openedAt = now;
    now += elapsedMs;
    for (let count = size.value; count > 0; count -= 1) size.onAcknowledged(openedAt, elapsedMs);
    return size.value;
  };
  expect([50, 50, 50, 600, 600].map(round)).toEqual([32, 64, 128, 89, 62]);
  expect([50, 50, 50].map(round)).toEqual([63, 64, 65]);
  size.restart();
  expect([50, 50].map(round)).toEqual([32, 64]);
  for (let count = 0; count < 30; count += 1) round(600);
  expect(size.value).toBe(2);
  for (let count = 0; count < 1_000; count += 1) round(10);
  expect(size.value).toBe(512);
});

test('the back-off grows while streams fail soon after their start, and starts over after one that has lived', () => {
  let now = 0;
  const policy = new ReconnectPolicy(10_000, () => now);
  const delayAfter = (livedMs: number) => {
    policy.onAttempt();
    policy.onStarted();
    policy.onEstablished();
    now += livedMs;
    return policy.delayAfter(upstreamUnavailable('rooms'));
  };
  for (const bound of [200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
    const delay = delayAfter(100);
    expect(delay).toBeGreaterThanOrEqual(bound / 2);
    expect(delay).toBeLessThanOrEqual(bound);
  }
  expect(delayAfter(20_000)).toBeLessThanOrEqual(200);
});

test('a stream that was started late and lost soon is not given up before the start timeout has passed again', () => {
  let now = 0;
  const policy = new ReconnectPolicy(10_000, () => now);
  const delays = [60_000, 65_000, 70_001].map((time) => {
    policy.onAttempt();
    now = time - 1;
    policy.onStarted();
    now = time;
    return policy.delayAfter(upstreamUnavailable('rooms'));
  });
  expect(delays).toEqual([expect.any(Number), expect.any(Number), undefined]);
});

/** Subscribes, and reads the events until the stream fails. */
function subscribe(count: number, at = streams, isPatient = () => true): AsyncIterator<unknown>[] {
  const own = counts;
  return Array.from({ length: count }, (_, index) => {
    const operation = { query: 'subscription ($n: Int) { posted(after: $n) { text } }', variables: { n: index } };
    const stream = at.subscribe(operation, userCaller(), { onStarted: () => (own.started += 1), isPatient });
    void read(stream, own.failures);
    return stream;
  });
}

async function read(stream: AsyncIterator<unknown>, failures: unknown[]): Promise<void> {
  try {
    for (let next = await stream.next(); !next.done;) next = await stream.next();
  } catch (failure) {
    failures.push(failure);
  }
}

async function openStreams(url: string, silenceMs = 15_000): Promise<SubgraphStreams> {
  const signer = await createCallerSigner(JSON.parse((await testKeys()).privateKey));
  const log = pino({ level: 'silent' });
  return openSubgraphStreams({ name: 'rooms', url: new URL(url), signer, log, openTimeoutMs: 60_000, silenceMs });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5);
}
