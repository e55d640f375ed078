import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { importItems, item, openShows, writer } from '../fixtures/shows-testbed.js';

const showChanged = 'subscription { showChanged { slug title } }';

let shows: TestService;
beforeAll(async () => {
  shows = await openShows();
  await importItems(shows, [item('old')]);
});
afterAll(() => shows.close());

test('showChanged delivers added and changed shows, but not unchanged ones', async () => {
  const listening = await shows.subscribe(showChanged, { caller: userCaller() });
  const first = listening.next();
  await untilStarted();
  await importItems(shows, [item('old'), item('new', { title: 'New' })]);
  await shows.request('mutation { updateShow(input: { slug: "show/old", title: "Renamed" }) { show { slug } } }', {
    caller: writer,
  });
  expect([await first, await listening.next()]).toEqual([
    { data: { showChanged: { slug: 'show/new', title: 'New' } } },
    { data: { showChanged: { slug: 'show/old', title: 'Renamed' } } },
  ]);
  await listening.unsubscribe();
});

test('showChanged rejects a machine client without shows.read', async () => {
  const listening = await shows.subscribe(showChanged, { caller: machineCaller('shows.write') });
  await expect(listening.next()).rejects.toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await listening.unsubscribe();
});

/** Subscriptions are not acknowledged: waits for later queries, after which the stream has started. */
async function untilStarted(): Promise<void> {
  for (let query = 0; query < 20; query += 1) await shows.request('{ show(slug: "show/old") { slug } }');
}
