import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type Rooms } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { liveMetricsOf } from '../../src/live/live-metrics.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { text author { name } } }';

let people: Subgraph;
let rooms: Rooms;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  gateway = await openGateway([people, rooms as unknown as Subgraph]);
});
afterEach(async () => {
  await clients.leave();
  await gateway.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('a stream that can be resumed', () => {
  test('goes on after its service was gone, from the last event on, and the client hears of nothing', async () => {
    const resumes = counted('streamResumes');
    const client = clients.subscribe(posts);
    await opened(1);
    rooms.post('one');
    expect(await client.take(1)).toEqual([result('one')]);
    await rooms.stop();
    for (const text of ['two', 'three']) rooms.post(text);
    await rooms.restart();
    expect(await client.take(2)).toEqual([result('two'), result('three')]);
    rooms.post('four');
    expect(await client.take(1)).toEqual([result('four')]);
    expect(rooms.opened.map(({ after }) => after ?? null)).toEqual([null, 1]);
    expect(resumes()).toBe(1);
  });

  test('tells what is stored first, and what comes then, once each and in order', async () => {
    const [resumes, open, deliveries] = [counted('clientResumes'), counted('open'), counted('deliveries')];
    for (const text of ['one', 'two', 'three']) rooms.post(text);
    const client = clients.subscribe(posts, { variables: { after: 1 } });
    expect(await client.take(2)).toEqual([result('two'), result('three')]);
    rooms.post('four');
    expect(await client.take(1)).toEqual([result('four')]);
    expect([resumes(), open(), deliveries()]).toEqual([1, 1, 3]);
    await clients.leave();
    while (open() > 0) await wait(10);
  });

  test('does not show the cursor that the client did not ask for, and keeps the one that it did', async () => {
    const client = clients.subscribe('subscription { posted { sequence n: sequence } }');
    await opened(1);
    rooms.post('one');
    expect(await client.next()).toEqual({ data: { posted: { sequence: 1, n: 1 } } });
  });

  test('through a fragment at the root, with its argument in place', async () => {
    rooms.post('one');
    const client = clients.subscribe('subscription { ...A } fragment A on Subscription { posted(after: 0) { text } }');
    expect(await client.next()).toEqual({ data: { posted: { text: 'one' } } });
  });
});

test('a stream that cannot be resumed goes on and tells that events may be missing', async () => {
  const gaps = counted('gaps', 'alarm');
  const client = clients.subscribe('subscription { alarm { text } }');
  await opened(1);
  rooms.ring('one');
  expect(await client.next()).toEqual({ data: { alarm: { text: 'one' } } });
  await rooms.stop();
  await rooms.restart();
  await opened(2);
  rooms.ring('two');
  rooms.ring('three');
  expect(await client.take(2)).toEqual([
    { data: { alarm: { text: 'two' } }, extensions: { gap: true } },
    { data: { alarm: { text: 'three' } } },
  ]);
  expect(gaps()).toBe(1);
});

/** How much more there is of something than now. */
function counted(name: 'streamResumes' | 'clientResumes' | 'open' | 'deliveries' | 'gaps', field = 'posted') {
  const reading = liveMetricsOf(field)[name];
  const before = reading.value;
  return () => reading.value - before;
}

function result(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function opened(count: number): Promise<void> {
  while (rooms.opened.length < count) await wait(10);
}
