import { setTimeout as wait } from 'node:timers/promises';
import { workHeader } from '@marquee/chassis/http/request-work';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { liveMetricsOf } from '../../src/live/live-metrics.js';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const same = 'subscription { alarm { text author { name } } }';
const personal = 'subscription { alarm { text author { knownTo } } }';

/** The events of each test. The completion of each is dear: its charge is the largest of a cheap operation, 100 units. */
const events = 10;

/** 500 units are available at once, and 5 more each second. */
const rates = { RATE_COST_PER_CALLER: '5', RATE_COST_PER_ADDRESS: '0', RATE_BURST_SECONDS: '100' };

let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  people = await openPeople();
  people.headers = { [workHeader]: 'cpu=1000;statements=1' };
});
beforeEach(async () => {
  rooms = await openRooms();
  gateway = await openGateway([people, rooms], { DEV_IDENTITY: 'true', ...rates });
});
afterEach(async () => {
  await clients.closeAll();
  while (open.value > 0) await wait(10);
  await gateway.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('the work of completing an event', () => {
  test('is charged to its only reader', async () => {
    await deliver(['ada'], same);
    expect(await isLimited('ada')).toBe(true);
    expect(await isLimited('ben')).toBe(false);
  });

  test('is divided among the readers of the same result', async () => {
    await deliver(names, same);
    for (const name of names) expect(await isLimited(name)).toBe(false);
  });

  test('is charged to each reader with a result of its own', async () => {
    await deliver(names, personal);
    for (const name of names) expect(await isLimited(name)).toBe(true);
  });

  test('is charged once to a caller with several subscriptions', async () => {
    people.headers = { [workHeader]: 'cpu=0.1;statements=1' };
    await deliver(['ada', 'ada', 'ada', 'ben'], personal);
    expect(await isLimited('ada')).toBe(false);
    people.headers = { [workHeader]: 'cpu=1000;statements=1' };
  });

  test('never ends the subscription', async () => {
    const [client] = await deliver(['ada'], same);
    rooms.ringAlarm('again');
    expect(await client?.next()).toMatchObject({ data: { alarm: { text: 'again' } } });
  });
});

/** The subscriptions that are open now. */
const { open } = liveMetricsOf('alarm');

const names = Array.from({ length: 10 }, (_, index) => `reader-${index}`);

/** Delivers the events to a subscription of each caller. */
async function deliver(callers: readonly string[], query: string) {
  const subscribed = callers.map((id) => clients.subscribe(query, { connectionParams: { 'x-dev-user-id': id } }));
  while (open.value < callers.length || rooms.openStreams.length === 0) await wait(10);
  for (let event = 0; event < events; event += 1) {
    rooms.ringAlarm(String(event));
    await Promise.all(subscribed.map((client) => client.next()));
  }
  return subscribed;
}

async function isLimited(id: string): Promise<boolean> {
  const { errors } = await gateway.query('{ size }', { 'x-dev-user-id': id });
  return errors.some(({ extensions }) => extensions['code'] === 'RATE_LIMITED');
}
