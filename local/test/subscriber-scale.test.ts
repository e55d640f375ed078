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
import { unlimitedLive } from '@marquee/testkit/unlimited-live';
import { gatewayVariables, startGraph } from './fixtures/whole-graph.js';

const { CROWD_CLIENTS: size, CROWD_ROUNDS: rounds } = readSettings(crowdSettings);
const slug = 'show/scale';
const query = 'subscription { showChanged { title addedBy { displayName } } }';

const closers = new Closers();
let services: Record<string, TestService>;
let gateway: GatewayProcess;
let admin: GraphClient;
let changes = 0;

beforeAll(async () => {
  ({ services } = await startGraph(closers));
  gateway = closers.add(await startGatewayProcess({ ...(await gatewayVariables(services)), ...unlimitedLive }));
  admin = createClient(gateway.url, { 'x-dev-user-id': 'scale-admin', 'x-dev-role': 'ADMIN' });
  await admin.mutate('importShows', { payload: [{ slug, title: 'Scale' }] });
});

afterAll(() => closers.close());

test('1,000 subscribers of a broadcast share one upstream stream and one entity fetch per event', async () => {
  const pool = await connect(1_000);
  // One read each of the new end of the log, of its changes and of the shows that changed, and of the users.
  const reads = ['dynamodb BatchGetItem', 'dynamodb BatchGetItem', 'dynamodb GetItem', 'postgres select'];
  expect(await leastCostOf(() => changeAndDeliver(pool))).toEqual([...update, ...reads].toSorted());
  await pool.close();
  // The stream is closed soon after its last subscriber has left.
  while ((await costOf(change)).length > update.length) await wait(50);
  expect(await leastCostOf(change)).toEqual(update);
});

/** The store requests of a change: its transaction, and the show in the response. */
const update = ['dynamodb BatchGetItem', 'dynamodb TransactWriteItems'];

test(`memory returns to its level after ${size} clients connect and disconnect ${rounds} times`, async () => {
  await connectAndDisconnect();
  const before = await gateway.memory();
  for (let round = 0; round < rounds; round += 1) await connectAndDisconnect();
  let after = await gateway.memory();
  const growth = () => (after.heapUsed - before.heapUsed) / before.heapUsed;
  for (let tries = 0; growth() >= 0.05 && tries < 100; tries += 1) {
    await wait(300);
    after = await gateway.memory();
  }
  process.stdout.write(`${rounds} rounds of ${size} clients: heap ${mb(before.heapUsed)} -> ${mb(after.heapUsed)} MB, \
resident ${mb(before.rss)} -> ${mb(after.rss)} MB\n`);
  expect(growth()).toBeLessThan(0.05);
}, 600_000);

async function connectAndDisconnect(): Promise<void> {
  const pool = await connect(size);
  await changeAndDeliver(pool);
  await pool.close();
  await wait(300);
}

/** Subscriptions are not acknowledged: all are active once an event has reached every subscriber. */
async function connect(count: number): Promise<SubscriberPool> {
  const pool = await openSubscriberPool(gateway.url, query, count);
  while (!(await pool.deliveredToAll(await change(), 3_000))) continue;
  return pool;
}

/** Makes one change and expects exactly one delivery to each subscriber. */
async function changeAndDeliver(pool: SubscriberPool): Promise<void> {
  const title = await change();
  await pool.deliveredToAll(title, 120_000);
  expect(pool.deliveries(title)).toEqual([1, 1]);
}

/** @returns the new title, as it appears in events */
async function change(): Promise<string> {
  changes += 1;
  const title = `Changed ${changes} times`;
  await admin.mutate('updateShow', { slug, title });
  return JSON.stringify(title);
}

/** The fewest store requests of several times: those of timers may add to some. */
async function leastCostOf(work: () => Promise<unknown>): Promise<string[]> {
  let least = await costOf(work);
  for (let times = 1; times < 3; times += 1) {
    const cost = await costOf(work);
    if (cost.length < least.length) least = cost;
  }
  return least;
}

/** The store requests of `work`; the admin's principal is cached beforehand. */
async function costOf(work: () => Promise<unknown>): Promise<string[]> {
  await admin.query('{ me { id } }');
  const { requests } = await observeStores(work);
  return requests.map(({ store, statement }) => `${store} ${/^\w+/.exec(statement.trim())?.[0]}`).toSorted();
}

function mb(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
