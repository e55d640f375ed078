import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { imported, item, openShows, writer } from '../fixtures/shows-testbed.js';

const showChanged = 'subscription { showChanged { slug title } }';

let shows: TestService;
beforeAll(async () => {
  shows = await openShows();
  await imported(shows, [item('old')]);
});
afterAll(() => shows.close());

test('tells every show that is added or changed, and none that stays as it is', async () => {
  const listening = await shows.subscribe(showChanged, { caller: userCaller() });
  const first = listening.next();
  await settled();
  await imported(shows, [item('old'), item('new', { title: 'New' })]);
  await shows.request('mutation { updateShow(input: { slug: "show/old", title: "Renamed" }) { show { slug } } }', {
    caller: writer,
  });
  expect([await first, await listening.next()]).toEqual([
    { data: { showChanged: { slug: 'show/new', title: 'New' } } },
    { data: { showChanged: { slug: 'show/old', title: 'Renamed' } } },
  ]);
  await listening.unsubscribe();
});

test('a machine without shows.read does not listen', async () => {
  const listening = await shows.subscribe(showChanged, { caller: machineCaller('shows.write') });
  expect(await listening.next()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  await listening.unsubscribe();
});

/** A subscription is not acknowledged; an answer to a later query over HTTP shows that it has had its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await shows.request('{ show(slug: "show/old") { slug } }');
}
