import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type CallerSigner, createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { userCaller } from '@marquee/testkit/callers';
import { testKeys } from '@marquee/testkit/test-keys';
import { pino } from 'pino';
import { openSubgraphStreams } from '../../src/upstream/subgraph-streams.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { createLiveClients } from '../fixtures/live-clients.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeEach(async () => {
  [people, rooms] = await Promise.all([openPeople(), openRooms()]);
  gateway = await openGateway([people, rooms], { DEV_IDENTITY: 'true' });
});
afterEach(async () => {
  await clients.closeAll();
  await gateway.close();
  await Promise.all([rooms.close(), people.close()]);
});

test.each(['new callers', 'one caller'])('300 quick subscribe-and-leave of %s leave no stream open', async (who) => {
  for (let at = 0; at < 300; at += 1) {
    const id = who === 'new callers' ? `user-${at}` : 'ada';
    const client = clients.subscribe('subscription { posted { text } }', { connectionParams: { 'x-dev-user-id': id } });
    await wait(at % 12);
    await client.close();
  }
  expect(await streamsAfter(300)).toEqual([]);
  const stays = clients.subscribe('subscription { posted { text } }');
  while (rooms.openStreams.length < 1) await wait(10);
  rooms.post('still live');
  expect(await stays.next()).toMatchObject({ data: { posted: { text: 'still live' } } });
});

test('300 quick subscribe-and-leave while the signature of the caller is renewed leave no stream open', async () => {
  const signer = await createCallerSigner(JSON.parse((await testKeys()).privateKey));
  const renewing: CallerSigner = {
    async sign(caller, subgraph) {
      await wait(Math.random() * 8);
      return signer.sign(caller, subgraph);
    },
  };
  const log = pino({ level: 'silent' });
  const streams = openSubgraphStreams({
    name: 'rooms',
    url: new URL(rooms.url),
    signer: renewing,
    log,
    openTimeoutMs: 5_000,
  });
  const caller = userCaller();
  // On a busy machine streams need longer to open.
  for (let at = 0; at < 300 || rooms.allStreams.length <= 20; at += 1) {
    const events = streams.subscribe({ query: 'subscription { posted { text } }', variables: {} }, caller);
    const first = events.next().catch(() => undefined);
    await wait((at % 12) + Math.max(0, at - 300) / 10);
    await events.return?.();
    await first;
  }
  expect(await streamsAfter(300)).toEqual([]);
  expect(rooms.allStreams.length).toBeGreaterThan(20);
  await streams.close();
});

/** The streams that are open again this many milliseconds after all were closed. */
async function streamsAfter(milliseconds: number): Promise<unknown[]> {
  while (rooms.openStreams.length > 0) await wait(20);
  await wait(milliseconds);
  return rooms.openStreams;
}
