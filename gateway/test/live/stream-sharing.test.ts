import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { entityFetches, openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type Rooms } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { text author { name } } }';
const alarms = 'subscription { alarm { text place { name } author { name } } }';

let people: Subgraph;
let rooms: Rooms;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  people.received.length = 0;
  gateway = await openGateway([people, rooms as unknown as Subgraph], {
    DEV_IDENTITY: 'true',
    LIVE_QUEUE_EVENTS: '20',
  });
});
afterEach(async () => {
  await clients.leave();
  await gateway.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('clients with the same subscription of the same caller', () => {
  test('share one stream of the service and one fetch for each event', async () => {
    const group = Array.from({ length: 20 }, () => clients.subscribe(posts));
    await opened(1);
    await wait(300);
    rooms.post('one');
    for (const client of group) expect(await client.next()).toEqual(post('one'));
    expect([rooms.opened.length, entityFetches(people)]).toEqual([1, 1]);
  });

  test('close the stream when the last of them leaves, though it is quiet', async () => {
    const [first, second] = [clients.subscribe(posts), clients.subscribe(posts)];
    await opened(1);
    await wait(100);
    await first.leave();
    await wait(100);
    expect(rooms.open).toHaveLength(1);
    await second.leave();
    while (rooms.open.length > 0) await wait(10);
    expect(rooms.opened).toHaveLength(1);
  });

  test('get what is stored first when they come late, and share from there on', async () => {
    const early = clients.subscribe(posts);
    await opened(1);
    for (const text of ['one', 'two', 'three']) rooms.post(text);
    await early.take(3);
    const late = clients.subscribe(posts, { variables: { after: 0 } });
    expect(await late.take(3)).toEqual([post('one'), post('two'), post('three')]);
    while (rooms.open.length > 1) await wait(10);
    rooms.post('four');
    expect([await early.next(), await late.next()]).toEqual([post('four'), post('four')]);
    const back = clients.subscribe(posts, { variables: { after: 2 } });
    expect(await back.take(2)).toEqual([post('three'), post('four')]);
    expect([rooms.open.length, rooms.opened.length]).toEqual([1, 2]);
  });

  test('do not share with another caller, or with other values', async () => {
    clients.subscribe(posts);
    clients.subscribe(posts, { connectionParams: { 'x-dev-user-id': 'ada' } });
    clients.subscribe('subscription { posted(room: "a") { text } }');
    await opened(3);
    expect(rooms.open.map(({ caller }) => caller.kind).toSorted()).toEqual(['guest', 'guest', 'user']);
  });
});

describe('a broadcast', () => {
  test('is one stream for all callers of a role, and one fetch where all that is asked looks alike', async () => {
    const group = ['ada', 'ben', 'cleo'].map((id) => ofUser(id, alarms));
    await opened(1);
    await wait(200);
    rooms.ring('fire');
    for (const client of group)
      expect(await client.next()).toEqual({
        data: { alarm: { text: 'fire', place: { name: 'stairs' }, author: { name: 'User 7' } } },
      });
    expect([rooms.opened.length, entityFetches(people)]).toEqual([1, 1]);
  });

  test('is completed for each caller where something may be their own', async () => {
    const group = ['ada', 'ben'].map((id) => ofUser(id, 'subscription { alarm { author { knownTo } } }'));
    await opened(1);
    await wait(200);
    rooms.ring('fire');
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results).toEqual(['ada', 'ben'].map((knownTo) => ({ data: { alarm: { author: { knownTo } } } })));
    expect(rooms.opened).toHaveLength(1);
  });

  test('is a stream for each caller where the service itself may tell each something of their own', async () => {
    const group = ['ada', 'ben'].map((id) => ofUser(id, 'subscription { alarm { heardBy } }'));
    await opened(2);
    await wait(200);
    rooms.ring('fire');
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results).toEqual(['ada', 'ben'].map((heardBy) => ({ data: { alarm: { heardBy } } })));
  });

  test('is not shared between roles', async () => {
    ofUser('ada', alarms);
    clients.subscribe(alarms);
    await opened(2);
    expect(rooms.open.map(({ caller }) => caller.kind).toSorted()).toEqual(['guest', 'user']);
  });
});

function ofUser(id: string, query: string) {
  return clients.subscribe(query, { connectionParams: { 'x-dev-user-id': id } });
}

function post(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function opened(count: number): Promise<void> {
  while (rooms.opened.length < count) await wait(10);
}
