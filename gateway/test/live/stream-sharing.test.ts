import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/engine/json-object.js';
import { entityFetchCount } from '../fixtures/people-subgraph.js';
import { useLiveGraph } from '../fixtures/live-graph.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { text author { name } } }';
const alarms = 'subscription { alarm { text place { name } author { name } } }';

const graph = useLiveGraph({ DEV_IDENTITY: 'true', LIVE_QUEUE_EVENTS: '20' });

describe('clients of one caller with the same subscription', () => {
  test('share one stream and one entity fetch for each event', async () => {
    const group = Array.from({ length: 20 }, () => graph.clients.subscribe(posts));
    await untilOpened(1);
    await graph.untilSubscribed(20);
    graph.rooms.post('one');
    for (const client of group) expect(await client.next()).toEqual(post('one'));
    expect([graph.rooms.allStreams.length, entityFetchCount(graph.people)]).toEqual([1, 1]);
  });

  test('close the stream when the last one leaves, even while no event arrives', async () => {
    const [first, second] = [graph.clients.subscribe(posts), graph.clients.subscribe(posts)];
    await untilOpened(1);
    await graph.untilSubscribed(2);
    await first.close();
    await graph.untilSubscribed(1);
    await wait(100);
    expect(graph.rooms.openStreams).toHaveLength(1);
    await second.close();
    while (graph.rooms.openStreams.length > 0) await wait(10);
    expect(graph.rooms.allStreams).toHaveLength(1);
  });

  test('receive missed events on their own stream first, then share the existing one', async () => {
    const early = graph.clients.subscribe(posts);
    await untilOpened(1);
    for (const text of ['one', 'two', 'three']) graph.rooms.post(text);
    await early.take(3);
    const late = graph.clients.subscribe(posts, { variables: { after: 0 } });
    expect(await late.take(3)).toEqual([post('one'), post('two'), post('three')]);
    while (graph.rooms.openStreams.length > 1) await wait(10);
    graph.rooms.post('four');
    expect([await early.next(), await late.next()]).toEqual([post('four'), post('four')]);
    const back = graph.clients.subscribe(posts, { variables: { after: 2 } });
    expect(await back.take(2)).toEqual([post('three'), post('four')]);
    expect([graph.rooms.openStreams.length, graph.rooms.allStreams.length]).toEqual([1, 2]);
  });

  test('share it also if their variables are in another order', async () => {
    const query = `subscription ($room: String, $isLong: Boolean!) {
      posted(room: $room) { text author @include(if: $isLong) { name } }
    }`;
    const group = [
      { room: 'a', isLong: true },
      { isLong: true, room: 'a' },
    ].map((variables) => graph.clients.subscribe(query, { variables }));
    await untilOpened(1);
    await graph.untilSubscribed(2);
    graph.rooms.post('one');
    for (const client of group) expect(await client.next()).toEqual(post('one'));
    expect(graph.rooms.allStreams).toHaveLength(1);
    expect(canonicalJson([{ b: [{ d: 1, c: 2 }], a: null }])).toBe('[{"a":null,"b":[{"c":2,"d":1}]}]');
  });

  test('do not share with other callers or other variables', async () => {
    graph.clients.subscribe(posts);
    graph.clients.subscribe(posts, { connectionParams: { 'x-dev-user-id': 'ada' } });
    graph.clients.subscribe('subscription { posted(room: "a") { text } }');
    await untilOpened(3);
    expect(graph.rooms.openStreams.map(({ caller }) => caller.kind).toSorted()).toEqual(['guest', 'guest', 'user']);
  });
});

describe('a broadcast field', () => {
  test('shares stream and entity fetches between callers of one role if all selected fields are broadcast', async () => {
    const group = ['ada', 'ben', 'cleo'].map((id) => subscribeAs(id, alarms));
    await untilOpened(1);
    await graph.untilSubscribed(3, 'alarm');
    graph.rooms.ringAlarm('fire');
    for (const client of group)
      expect(await client.next()).toEqual({
        data: { alarm: { text: 'fire', place: { name: 'stairs' }, author: { name: 'User 7' } } },
      });
    expect([graph.rooms.allStreams.length, entityFetchCount(graph.people)]).toEqual([1, 1]);
  });

  test('is completed for each caller if other subgraphs add personal fields', async () => {
    const group = ['ada', 'ben'].map((id) => subscribeAs(id, 'subscription { alarm { author { knownTo } } }'));
    await untilOpened(1);
    await graph.untilSubscribed(2, 'alarm');
    graph.rooms.ringAlarm('fire');
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results).toEqual(['ada', 'ben'].map((knownTo) => ({ data: { alarm: { author: { knownTo } } } })));
    expect(graph.rooms.allStreams).toHaveLength(1);
  });

  test('is not shared if its own subgraph resolves personal fields', async () => {
    const group = ['ada', 'ben'].map((id) => subscribeAs(id, 'subscription { alarm { heardBy } }'));
    await untilOpened(2);
    await graph.untilSubscribed(2, 'alarm');
    graph.rooms.ringAlarm('fire');
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results).toEqual(['ada', 'ben'].map((heardBy) => ({ data: { alarm: { heardBy } } })));
  });

  test('is not shared between roles', async () => {
    subscribeAs('ada', alarms);
    graph.clients.subscribe(alarms);
    await untilOpened(2);
    expect(graph.rooms.openStreams.map(({ caller }) => caller.kind).toSorted()).toEqual(['guest', 'user']);
  });
});

describe('streams with different arguments', () => {
  const filtered = (selection: string) => `subscription ($floor: Int) { alarm(floor: $floor) { ${selection} } }`;

  test('complete an event that they have in common once', async () => {
    const group = [1, 2, 3].map((floor) =>
      graph.clients.subscribe(filtered('text author { name }'), { variables: { floor } }),
    );
    await untilOpened(3);
    await graph.untilSubscribed(3, 'alarm');
    for (const text of ['fire', 'water']) {
      graph.rooms.ringAlarm(text);
      for (const client of group)
        expect(await client.next()).toEqual({ data: { alarm: { text, author: { name: 'User 7' } } } });
    }
    expect([graph.rooms.allStreams.length, entityFetchCount(graph.people)]).toEqual([3, 2]);
  });

  test('receive what each of them selects', async () => {
    const selections = ['text author { name }', 'author { id name }', 'place { name }'];
    const group = selections.map((selection, floor) =>
      graph.clients.subscribe(filtered(selection), { variables: { floor } }),
    );
    await untilOpened(3);
    await graph.untilSubscribed(3, 'alarm');
    graph.rooms.ringAlarm('fire');
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results.map((result) => (result as { data: { alarm: object } }).data.alarm)).toEqual([
      { text: 'fire', author: { name: 'User 7' } },
      { author: { id: '7', name: 'User 7' } },
      { place: { name: 'stairs' } },
    ]);
  });

  test('resume after an event that they have in common', async () => {
    const query = 'subscription ($room: String) { posted(room: $room) { text author { name } } }';
    const group = ['a', 'b', 'c'].map((room) => graph.clients.subscribe(query, { variables: { room } }));
    await untilOpened(3);
    await graph.untilSubscribed(3);
    graph.rooms.post('one');
    for (const client of group) expect(await client.next()).toEqual(post('one'));
    await graph.rooms.stop();
    graph.rooms.post('two');
    await graph.rooms.restart();
    for (const client of group) expect(await client.next()).toEqual(post('two'));
    expect(graph.rooms.allStreams.map(({ after }) => after ?? null)).toEqual([null, null, null, 1, 1, 1]);
  });

  test('are completed for each caller if other subgraphs add personal fields', async () => {
    const subscribe = (id: string, floor: number) =>
      graph.clients.subscribe(filtered('author { knownTo }'), {
        connectionParams: { 'x-dev-user-id': id },
        variables: { floor },
      });
    const group = [subscribe('ada', 1), subscribe('ada', 2), subscribe('ben', 1), subscribe('ben', 2)];
    await graph.untilSubscribed(4, 'alarm');
    await untilOpened(2);
    graph.rooms.ringAlarm('fire');
    const results = await Promise.all(group.map((client) => client.next()));
    expect(results).toEqual(
      ['ada', 'ada', 'ben', 'ben'].map((knownTo) => ({ data: { alarm: { author: { knownTo } } } })),
    );
  });
});

function subscribeAs(id: string, query: string) {
  return graph.clients.subscribe(query, { connectionParams: { 'x-dev-user-id': id } });
}

function post(text: string): object {
  return { data: { posted: { text, author: { name: 'User 7' } } } };
}

async function untilOpened(count: number): Promise<void> {
  while (graph.rooms.allStreams.length < count) await wait(10);
}
