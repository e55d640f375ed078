import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import { unlimitedLive } from '@marquee/testkit/unlimited-live';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const count = 200;

let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  [people, rooms] = await Promise.all([openPeople(), openRooms()]);
  gateway = await openGateway([people, rooms], { DEV_IDENTITY: 'true', ...unlimitedLive });
});
afterAll(async () => {
  await clients.closeAll();
  await gateway.close();
  await Promise.all([rooms.close(), people.close()]);
});

test(`the private streams of ${count} callers resume after a restart of their subgraph, every one`, async () => {
  const subscribe = (_: unknown, index: number) =>
    clients.subscribe('subscription { posted { text } }', { connectionParams: { 'x-dev-user-id': `user-${index}` } });
  const subscriptions = Array.from({ length: count }, subscribe);
  while (rooms.openStreams.length < count) await wait(10);
  rooms.post('before');
  const results = () => Promise.all(subscriptions.map((subscription) => subscription.next()));
  expect(await results()).toEqual(Array(count).fill({ data: { posted: { text: 'before' } } }));
  await rooms.stop();
  rooms.post('while it is down');
  await rooms.restart();
  expect(await results()).toEqual(Array(count).fill({ data: { posted: { text: 'while it is down' } } }));
  expect(rooms.allStreams).toHaveLength(2 * count);
  expect(observedValue('marquee.live.waiting', { service: 'rooms' }).value).toBe(0);
});
