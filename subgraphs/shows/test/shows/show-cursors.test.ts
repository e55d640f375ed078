import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import type { TestSubscription } from '@marquee/testkit/subscribe';
import type { TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { importItems, item, openShows, writer } from '../fixtures/shows-testbed.js';

const showChanged = 'subscription ($after: Int) { showChanged(after: $after) { slug title changeCursor } }';
const update =
  'mutation ($slug: ID!, $title: String!) { updateShow(input: { slug: $slug, title: $title }) { show { title } } }';
const remove = 'mutation ($slug: ID!) { deleteShow(input: { slug: $slug }) { slug } }';

let shows: TestService;
/** A process that starts later, without a bus that it shares with the first one. */
let later: TestService;
const open: TestSubscription[] = [];
beforeAll(async () => {
  const table = freshTable();
  shows = await openShows(table);
  later = await openShows(table);
});
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.unsubscribe();
});
afterAll(async () => {
  await Promise.all([shows.close(), later.close()]);
});

async function listen(after?: number): Promise<TestSubscription> {
  const stream = await later.subscribe(showChanged, { caller: userCaller(), variables: { after }, positions: true });
  open.push(stream);
  return stream;
}

async function currentPosition(): Promise<number> {
  const { extensions } = await (await listen()).next();
  return (extensions as { position: { cursor: number } }).position.cursor;
}

interface Event {
  slug: string;
  title: string;
  changeCursor: number;
}

async function take(stream: TestSubscription, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const { data } = await stream.next();
    if (data) events.push(data['showChanged'] as Event);
  }
  return events;
}

test('showChanged resumes in another process with more than 50 imported, changed and deleted shows', async () => {
  const start = await currentPosition();
  const names = Array.from({ length: 60 }, (_, index) => `many-${String(index).padStart(2, '0')}`);
  await importItems(
    shows,
    names.map((name) => item(name)),
  );
  await shows.request(update, { caller: writer, variables: { slug: 'show/many-07', title: 'Renamed' } });
  await shows.request(remove, { caller: writer, variables: { slug: 'show/many-08' } });
  const events = await take(await listen(start), 60);
  expect(events.at(-1)).toEqual({ slug: 'show/many-07', title: 'Renamed', changeCursor: start + 61 });
  expect(events.slice(0, -1).map(({ slug }) => slug)).toEqual(
    names.map((name) => `show/${name}`).filter((slug) => slug !== 'show/many-08'),
  );
  // The deletion has a position, too.
  await expect((await listen(start + 63)).next()).rejects.toMatchObject([
    { extensions: { code: 'BAD_USER_INPUT', cursor: start + 62 } },
  ]);
});

test('concurrent changes of two replicas have positions without holes', async () => {
  const start = await currentPosition();
  await importItems(shows, [item('contended')]);
  const variables = { slug: 'show/contended', title: 'Again' };
  const change = (at: TestService) => at.request(update, { caller: writer, variables });
  await Promise.all([shows, later, shows, later, shows, later].map(change));
  const events = await take(await listen(start), 7);
  expect(events.map(({ changeCursor }) => changeCursor)).toEqual(events.map((_, index) => start + 1 + index));
});
