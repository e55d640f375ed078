import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { liveMetricsOf } from '../../src/live/live-metrics.js';
import { useLiveGraph } from '../fixtures/live-graph.js';

const posts = 'subscription ($after: Int) { posted(after: $after) { text author { name } } }';

const graph = useLiveGraph();

describe('a resumable subscription', () => {
  test('resumes after the last event when its subgraph is back, invisibly to the client', async () => {
    const resumes = increaseOf('streamResumes');
    const client = graph.clients.subscribe(posts);
    await untilOpened(1);
    graph.rooms.post('one');
    expect(await client.take(1)).toEqual([result('one')]);
    await graph.rooms.stop();
    for (const text of ['two', 'three']) graph.rooms.post(text);
    await graph.rooms.restart();
    expect(await client.take(2)).toEqual([result('two'), result('three')]);
    graph.rooms.post('four');
    expect(await client.take(1)).toEqual([result('four')]);
    expect(graph.rooms.allStreams.map(({ after }) => after ?? null)).toEqual([null, 1]);
    expect(resumes()).toBe(1);
  });

  test('delivers stored events first, then new ones, each once and in order', async () => {
    const [resumes, open, deliveries] = [increaseOf('clientResumes'), increaseOf('open'), increaseOf('deliveries')];
    for (const text of ['one', 'two', 'three']) graph.rooms.post(text);
    const client = graph.clients.subscribe(posts, { variables: { after: 1 } });
    expect(await client.take(2)).toEqual([result('two'), result('three')]);
    graph.rooms.post('four');
    expect(await client.take(1)).toEqual([result('four')]);
    expect([resumes(), open(), deliveries()]).toEqual([1, 1, 3]);
    await graph.clients.closeAll();
    while (open() > 0) await wait(10);
  });

  test('resumes from where it started after an interruption before the first event', async () => {
    graph.rooms.post('zero');
    const client = graph.clients.subscribe(posts);
    await untilOpened(1);
    // Its position is reported before the events of a later stream over the same socket.
    const later = graph.clients.subscribe(posts, { variables: { after: 0 } });
    expect(await later.next()).toEqual(result('zero'));
    await graph.rooms.stop();
    for (const text of ['one', 'two']) graph.rooms.post(text);
    await graph.rooms.restart();
    expect(await client.take(2)).toEqual([result('one'), result('two')]);
  });

  test('reports at once that the events after the cursor are no longer stored, and resumes after them', async () => {
    const gaps = increaseOf('gaps');
    for (const text of ['one', 'two', 'three']) graph.rooms.post(text);
    graph.rooms.forgetUpTo(3);
    const client = graph.clients.subscribe(posts, { variables: { after: 1 } });
    expect(await client.next()).toEqual({ data: null, extensions: { gap: true, cursor: 3 } });
    expect(gaps()).toBe(1);
    await graph.rooms.stop();
    graph.rooms.post('four');
    await graph.rooms.restart();
    expect(await client.next()).toEqual(result('four'));
    expect(graph.rooms.allStreams.map(({ after }) => after)).toEqual([1, 3]);
  });

  test('catches up with more events than a queue holds in one subscription', async () => {
    const texts = Array.from({ length: 2_000 }, (_, index) => String(index));
    for (const text of texts) graph.rooms.post(text);
    const client = graph.clients.subscribe(posts, { variables: { after: 0 } });
    expect(await client.take(2_000)).toEqual(texts.map(result));
    graph.rooms.post('new');
    expect(await client.next()).toEqual(result('new'));
  });

  test('hides the cursor that the gateway selects, and keeps the one that the client selects', async () => {
    const client = graph.clients.subscribe('subscription { posted { sequence n: sequence } }');
    await untilOpened(1);
    graph.rooms.post('one');
    expect(await client.next()).toEqual({ data: { posted: { sequence: 1, n: 1 } } });
  });

  test('works through a fragment at the root', async () => {
    graph.rooms.post('one');
    const client = graph.clients.subscribe(
      'subscription { ...A } fragment A on Subscription { posted(after: 0) { text } }',
    );
    expect(await client.next()).toEqual({ data: { posted: { text: 'one' } } });
  });
});

test('reports a gap as soon as a subscription that is not resumable receives events again', async () => {
  const gaps = increaseOf('gaps', 'alarm');
  const client = graph.clients.subscribe('subscription { alarm { text } }');
  await untilOpened(1);
  graph.rooms.ringAlarm('one');
  expect(await client.next()).toEqual({ data: { alarm: { text: 'one' } } });
  await graph.rooms.stop();
  await graph.rooms.restart();
  expect(await client.next()).toEqual({ data: null, extensions: { gap: true } });
  await untilOpened(2);
  graph.rooms.ringAlarm('two');
  expect(await client.next()).toEqual({ data: { alarm: { text: 'two' } } });
  expect(gaps()).toBe(1);
});

test('passes a gap on that the subgraph reports in a subscription without cursors', async () => {
  const client = graph.clients.subscribe('subscription { alarm { text } }');
  await untilOpened(1);
  graph.rooms.loseAlarm();
  graph.rooms.ringAlarm('one');
  expect(await client.take(2)).toEqual([
    { data: null, extensions: { gap: true } },
    { data: { alarm: { text: 'one' } } },
  ]);
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
  while (graph.rooms.allStreams.length < count) await wait(10);
}
