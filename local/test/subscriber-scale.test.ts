import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { Closers } from '@marquee/chassis/process/closers';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import { crowdSettings } from '../src/config.js';
import { type SubscriberPool, openSubscriberPool } from './fixtures/subscriber-pool.js';
import { type GatewayProcess, startGatewayProcess } from './fixtures/gateway-process.js';
import { type GraphClient, createClient } from './fixtures/graph-client.js';
import { gatewayVariables, startGraph } from './fixtures/whole-graph.js';

const { CROWD_CLIENTS: size, CROWD_ROUNDS: rounds } = readSettings(crowdSettings);
const slug = 'show/crowded';
const query = 'subscription { showChanged { title addedBy { displayName } } }';

const closers = new Closers();
let services: Record<string, TestService>;
let gateway: GatewayProcess;
let admin: GraphClient;
let changes = 0;

beforeAll(async () => {
  ({ services } = await startGraph(closers));
  gateway = closers.add(await startGatewayProcess(await gatewayVariables(services)));
  admin = createClient(gateway.url, { 'x-dev-user-id': 'crowd-admin', 'x-dev-role': 'ADMIN' });
  await admin.mutate('importShows', { payload: [{ slug, title: 'Crowded' }] });
}, 60_000);

afterAll(() => closers.close());

test('1,000 clients of a broadcast over two services: one stream of the one and one fetch of the other an event', async () => {
  const crowd = await gathered(1_000);
  expect(await costOf(() => changed(crowd))).toEqual([
    'dynamodb BatchGetItem',
    'dynamodb UpdateItem',
    'postgres SELECT',
  ]);
  await crowd.close();
  await wait(500);
  expect(await costOf(change)).toEqual(['dynamodb UpdateItem']);
}, 120_000);

test(`memory is back where it was after ${size} clients have come and gone ${rounds} times`, async () => {
  await comeAndGo();
  const before = await gateway.memory();
  for (let round = 0; round < rounds; round += 1) await comeAndGo();
  const after = await gateway.memory();
  const grown = (after.heapUsed - before.heapUsed) / before.heapUsed;
  process.stdout.write(`${rounds} rounds of ${size} clients: heap ${mb(before.heapUsed)} -> ${mb(after.heapUsed)} MB, \
resident ${mb(before.rss)} -> ${mb(after.rss)} MB\n`);
  expect(grown).toBeLessThan(0.05);
}, 600_000);

async function comeAndGo(): Promise<void> {
  const crowd = await gathered(size);
  await changed(crowd);
  await crowd.close();
  await wait(300);
}

/** Nothing acknowledges a subscription: it is there for certain once an event has come to everyone. */
async function gathered(count: number): Promise<SubscriberPool> {
  const crowd = await openSubscriberPool(gateway.url, query, count);
  while (!(await crowd.deliveredToAll(await change(), 3_000))) continue;
  return crowd;
}

/** One change, which everyone hears of once. */
async function changed(crowd: SubscriberPool): Promise<void> {
  const title = await change();
  await crowd.deliveredToAll(title, 30_000);
  expect(crowd.deliveries(title)).toEqual([1, 1]);
}

/** @returns what is told of it */
async function change(): Promise<string> {
  changes += 1;
  const title = `Changed ${changes} times`;
  await admin.mutate('updateShow', { slug, title });
  return JSON.stringify(title);
}

/** What is asked of the stores; who the admin is has been asked before. */
async function costOf(work: () => Promise<unknown>): Promise<string[]> {
  await admin.query('{ me { id } }');
  const { requests } = await observeStores(work);
  return requests.map(({ store, statement }) => `${store} ${/^\w+/.exec(statement.trim())?.[0]}`).toSorted();
}

function mb(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
