import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { userCaller } from '@marquee/testkit/callers';
import { testKeys } from '@marquee/testkit/test-keys';
import { pino } from 'pino';
import { openSubgraphStreams, type SubgraphStreams } from '../../src/upstream/subgraph-streams.js';
import { type LoadBalancer, openLoadBalancer } from '../fixtures/load-balancer.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';

let first: RoomsSubgraph;
let second: RoomsSubgraph;
let balancer: LoadBalancer;
let streams: SubgraphStreams;

beforeEach(async () => {
  [first, second] = await Promise.all([openRooms(), openRooms()]);
  balancer = await openLoadBalancer(first.url);
  streams = openSubgraphStreams({
    name: 'rooms',
    url: new URL(balancer.url),
    signer: await createCallerSigner(JSON.parse((await testKeys()).privateKey)),
    log: pino({ level: 'silent' }),
    openTimeoutMs: 5_000,
    acceptStreamsMs: 100,
  });
});
afterEach(async () => {
  await streams.close();
  balancer.close();
  await Promise.all([first.close(), second.close()]);
});

test('a replica that is added gets new streams, and those of the others continue without loss', async () => {
  const old = subscribe();
  while (first.openStreams.length === 0) await wait(10);
  first.post('before');
  balancer.add(second.url);
  for (let count = 0; second.openStreams.length < 3; count += 1) {
    expect(count).toBeLessThan(100);
    subscribe();
    await wait(60);
  }
  first.post('after');
  while (old.length < 2) await wait(10);
  expect(old).toEqual(['before', 'after']);
  expect(first.openStreams.length).toBeGreaterThan(0);
});

test('the number of sockets is bounded, and those without streams are closed', async () => {
  const endings = [];
  for (let count = 0; count < 40; count += 1) {
    endings.push(start(() => undefined));
    await wait(160);
  }
  while (first.openStreams.length < 40) await wait(10);
  expect(balancer.connectionCount()).toBeGreaterThan(10);
  expect(balancer.connectionCount()).toBeLessThanOrEqual(32);
  for (const end of endings) end();
  while (first.openStreams.length > 0) await wait(10);
  while (balancer.openCount() > 0) await wait(10);
  expect(balancer.openCount()).toBe(0);
});

/** Subscribes and returns the texts that arrive. */
function subscribe(): string[] {
  const texts: string[] = [];
  start((text) => texts.push(text));
  return texts;
}

/** Returns a function that ends the stream. */
function start(onText: (text: string) => void): () => void {
  const events = streams.subscribe({ query: 'subscription { posted { text } }', variables: {} }, userCaller());
  void (async () => {
    // Without data it is a position.
    for await (const { data } of events) if (data) onText((data as { posted: { text: string } }).posted.text);
  })().catch(() => undefined);
  return () => void events.return?.();
}
