import { describe, expect, test } from '@jest/globals';
import { useLiveGraph } from '../fixtures/live-graph.js';

/** Selects no cursor. */
const posts = 'subscription { posted { text } }';

const graph = useLiveGraph();

describe('extensions.resume of a subscription', () => {
  test('requests the position of the start and the cursor of each event', async () => {
    graph.rooms.post('zero');
    const client = graph.clients.subscribe(posts, { extensions: { resume: {} } });
    expect(await client.next()).toEqual({ data: null, extensions: { cursor: 1 } });
    graph.rooms.post('one');
    expect(await client.next()).toEqual({ data: { posted: { text: 'one' } }, extensions: { cursor: 2 } });
  });

  test.each([1, '1'])('resumes after the cursor %p', async (after) => {
    for (const text of ['one', 'two']) graph.rooms.post(text);
    const client = graph.clients.subscribe(posts, { extensions: { resume: { after } } });
    expect(await client.next()).toEqual({ data: { posted: { text: 'two' } }, extensions: { cursor: 2 } });
  });

  test('replaces the cursor in the operation', async () => {
    for (const text of ['one', 'two']) graph.rooms.post(text);
    const query = 'subscription { posted(after: 0) { text } }';
    const client = graph.clients.subscribe(query, { extensions: { resume: { after: 1 } } });
    expect(await client.next()).toMatchObject({ data: { posted: { text: 'two' } } });
  });

  test('changes nothing for the other clients of the same stream', async () => {
    const [plain, resumable] = [{}, { extensions: { resume: {} } }].map((options) =>
      graph.clients.subscribe('subscription { posted(after: 0) { text } }', options),
    );
    graph.rooms.post('one');
    expect(await plain!.next()).toEqual({ data: { posted: { text: 'one' } } });
    expect(await resumable!.next()).toEqual({ data: { posted: { text: 'one' } }, extensions: { cursor: 1 } });
  });

  test('reports when a stream without cursors starts, and at once that it has not started', async () => {
    const query = 'subscription { alarm { text } }';
    const extensions = { resume: { reportsStart: true } };
    await graph.rooms.stop();
    const early = graph.clients.subscribe(query, { extensions });
    expect(await early.next()).toEqual({ data: null, extensions: { started: false } });
    await graph.rooms.restart();
    const results = [await early.next()];
    while (results.at(-1)?.extensions?.['started'] !== true) results.push(await early.next());
    const late = graph.clients.subscribe(query, { extensions });
    expect(await late.next()).toEqual({ data: null, extensions: { started: true } });
    graph.rooms.ringAlarm('fire');
    for (const client of [early, late]) expect(await client.next()).toEqual({ data: { alarm: { text: 'fire' } } });
  });

  test.each([true, 'after', { after: {} }, { after: true }, { after: 'no number' }])(
    'is refused as %p',
    async (resume) => {
      await expect(graph.clients.subscribe(posts, { extensions: { resume } }).next()).rejects.toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'extensions.resume' }] } },
      ]);
    },
  );
});
