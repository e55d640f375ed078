import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLiveClients } from '../fixtures/live-clients.js';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { liveMetricsOf } from '../../src/live/live-metrics.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { text author { name } } }';

let people: Subgraph;
let rooms: RoomsSubgraph;
let gateway: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  people = await openPeople();
});
beforeEach(async () => {
  rooms = await openRooms();
  gateway = await openGateway([people, rooms]);
});
afterEach(async () => {
  await clients.closeAll();
  await gateway.close();
  await rooms.close();
});
afterAll(() => people.close());

describe('a resumable subscription', () => {
  test('resumes after the last event when its subgraph is back, invisibly to the client', async () => {
    const resumes = increaseOf('streamResumes');
    const client = clients.subscribe(posts);
    await untilOpened(1);
    rooms.post('one');
    expect(await client.take(1)).toEqual([result('one')]);
    await rooms.stop();
    for (const text of ['two', 'three']) rooms.post(text);
    await rooms.restart();
    expect(await client.take(2)).toEqual([result('two'), result('three')]);
    rooms.post('four');
    expect(await client.take(1)).toEqual([result('four')]);
    expect(rooms.allStreams.map(({ after }) => after ?? null)).toEqual([null, 1]);
    expect(resumes()).toBe(1);
  });

  test('delivers stored events first, then new ones, each once and in order', async () => {
    const [resumes, open, deliveries] = [increaseOf('clientResumes'), increaseOf('open'), increaseOf('deliveries')];
    for (const text of ['one', 'two', 'three']) rooms.post(text);
    const client = clients.subscribe(posts, { variables: { after: 1 } });
    expect(await client.take(2)).toEqual([result('two'), result('three')]);
    rooms.post('four');
    expect(await client.take(1)).toEqual([result('four')]);
    expect([resumes(), open(), deliveries()]).toEqual([1, 1, 3]);
    await clients.closeAll();
    while (open() > 0) await wait(10);
  });

  test('resumes from where it started after an interruption before the first event', async () => {
    rooms.post('zero');
    const client = clients.subscribe(posts);
    await untilOpened(1);
    // Its position is reported before the events of a later stream over the same socket.
    const later = clients.subscribe(posts, { variables: { after: 0 } });
    expect(await later.next()).toEqual(result('zero'));
    await rooms.stop();
    for (const text of ['one', 'two']) rooms.post(text);
    await rooms.restart();
    expect(await client.take(2)).toEqual([result('one'), result('two')]);
  });

  test('reports at once that the events after the cursor are no longer stored, and resumes after them', async () => {
    const gaps = increaseOf('gaps');
    for (const text of ['one', 'two', 'three']) rooms.post(text);
    rooms.forgetUpTo(3);
    const client = clients.subscribe(posts, { variables: { after: 1 } });
    expect(await client.next()).toEqual({ data: null, extensions: { gap: true, cursor: 3 } });
    expect(gaps()).toBe(1);
    await rooms.stop();
    rooms.post('four');
    await rooms.restart();
    expect(await client.next()).toEqual(result('four'));
    expect(rooms.allStreams.map(({ after }) => after)).toEqual([1, 3]);
  });

  test('catches up with more events than a queue holds in one subscription', async () => {
    const texts = Array.from({ length: 2_000 }, (_, index) => String(index));
    for (const text of texts) rooms.post(text);
    const client = clients.subscribe(posts, { variables: { after: 0 } });
    expect(await client.take(2_000)).toEqual(texts.map(result));
    rooms.post('new');
    expect(await client.next()).toEqual(result('new'));
  });

  test('hides the cursor that the gateway selects, and keeps the one that the client selects', async () => {
    const client = clients.subscribe('subscription { posted { sequence n: sequence } }');
    await untilOpened(1);
    rooms.post('one');
    expect(await client.next()).toEqual({ data: { posted: { sequence: 1, n: 1 } } });
  });

  test('works through a fragment at the root', async () => {
    rooms.post('one');
    const client = clients.subscribe('subscription { ...A } fragment A on Subscription { posted(after: 0) { text } }');
    expect(await client.next()).toEqual({ data: { posted: { text: 'one' } } });
  });
});

test('reports a gap as soon as a subscription that is not resumable receives events again', async () => {
  const gaps = increaseOf('gaps', 'alarm');
  const client = clients.subscribe('subscription { alarm { text } }');
  await untilOpened(1);
  rooms.ringAlarm('one');
  expect(await client.next()).toEqual({ data: { alarm: { text: 'one' } } });
  await rooms.stop();
  await rooms.restart();
  expect(await client.next()).toEqual({ data: null, extensions: { gap: true } });
  await untilOpened(2);
  rooms.ringAlarm('two');
  expect(await client.next()).toEqual({ data: { alarm: { text: 'two' } } });
  expect(gaps()).toBe(1);
});

/** Returns a function that reads the increase of a metric from now on. */
function increaseOf(name: 'streamResumes' | 'clientResumes' | 'open' | 'deliveries' | 'gaps', field = 'posted') {
  const metric = liveMetricsOf(field)[name];
  const before = metric.value;
  return () => metric.value - before;
}

function result(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function untilOpened(count: number): Promise<void> {
  while (rooms.allStreams.length < count) await wait(10);
}
