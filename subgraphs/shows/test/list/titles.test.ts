import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Dynamo, openDynamo, type TableDefinition, tableSettings } from '@marquee/chassis/dynamodb/open-table';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { service } from '../../src/service.js';
import { backfillPage } from '../../src/shows/title-backfill.js';
import { tableDefinition } from '../../src/table.js';
import { askList, importItems, item, listPage, listSlugs, writer } from '../fixtures/shows-testbed.js';

const sort = 'ALPHABETICAL';

/** In this order. */
const titles = [
  ['marks', '!!!'],
  ['number', '24'],
  ['quotes', "'Allo 'Allo!"],
  ['small', 'dark'],
  ['large', 'Dark Tides'],
  ['joined', 'Darkness'],
  ['accent', 'Étoile'],
  ['plain', 'etoiles'],
  ['long-a', `${'\uAC00'.repeat(119)}a`],
  ['long-b', `${'\uAC00'.repeat(119)}b`],
  ['compatible', '\uFA0E'],
  ['rare', '\u{20000}'],
] as const;

let shows: TestService;
let dynamo: Dynamo;
beforeAll(async () => {
  const table = freshTable();
  shows = await startService(service, table);
  dynamo = await openTable(table, tableDefinition);
  await importItems(
    shows,
    titles.map(([name, title]) => item(name, { title })),
  );
});
afterAll(async () => {
  dynamo.close();
  await shows.close();
});

const sorted = titles.map(([name]) => `show/${name}`);

describe('shows by title', () => {
  test('are sorted by words, without case, accents and punctuation, in pages of any size', async () => {
    for (const first of [1, 5, 100]) expect(await listSlugs(shows, { sort, first })).toEqual(sorted);
  });

  test('refuse forged cursors', async () => {
    for (const position of [
      ['no end'],
      ['\ud800\tshow/a'],
      ['\u{20000}\tshow/a'],
      [`${'a'.repeat(600)}\tshow/a`],
      [1],
    ]) {
      const after = Buffer.from(JSON.stringify(position)).toString('base64url');
      const { errors } = await askList(shows, { sort, after });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'after' }] } }]);
    }
  });

  test('follow a changed title', async () => {
    const rename = 'mutation ($input: UpdateShowInput!) { updateShow(input: $input) { show { slug } } }';
    const change = (title: string) =>
      shows.request(rename, { caller: writer, variables: { input: { slug: 'show/number', title } } });
    await change('Zulu');
    expect((await listPage(shows, { sort, filter: { search: 'zulu' } })).slugs).toEqual(['show/number']);
    expect((await listSlugs(shows, { sort })).indexOf('show/number')).toBe(7);
    await change('24');
    expect(await listSlugs(shows, { sort })).toEqual(sorted);
  });

  test('include those of earlier builds once the backfill has passed, and it is repeated after the next start', async () => {
    const keys = sorted.slice(0, 4).map((slug) => ({ slug }));
    for (const Key of keys) await setOrder(Key, 'REMOVE titleOrder');
    await setOrder({ slug: sorted[5]! }, 'SET titleOrder = :old', { ':old': ' older title\tshow/joined' });
    expect(await listSlugs(shows, { sort })).not.toContain(sorted[0]);
    const startedAt = Date.now();
    expect(await pass(startedAt)).toEqual({ pages: 5, placed: 5 });
    expect(await listSlugs(shows, { sort })).toEqual(sorted);
    await setOrder(keys[0]!, 'REMOVE titleOrder');
    await setOrder({ slug: sorted[5]! }, 'SET titleOrder = :old', { ':old': ' older title\tshow/joined' });
    expect(await pass(startedAt)).toEqual({ pages: 1, placed: 0 });
    expect(await listSlugs(shows, { sort })).not.toEqual(sorted);
    await nextMillisecond();
    expect(await pass(Date.now())).toEqual({ pages: 5, placed: 2 });
    expect(await listSlugs(shows, { sort })).toEqual(sorted);
  });

  test('are all in a pass that goes on after a restart: another one follows it', async () => {
    await nextMillisecond();
    const startedAt = Date.now();
    for (let page = 1; page <= 2; page += 1) expect(await backfillPage(dynamo, startedAt, 5)).toBe(false);
    await setOrder({ slug: 'show/accent' }, 'REMOVE titleOrder');
    await nextMillisecond();
    expect(await pass(Date.now())).toEqual({ pages: 8, placed: 1 });
    expect(await listSlugs(shows, { sort })).toEqual(sorted);
  });
});

test('a service that creates its table lists the shows of an earlier build by title', async () => {
  const table = freshTable();
  const older = await openTable(table, {
    ...tableDefinition,
    AttributeDefinitions: tableDefinition.AttributeDefinitions?.filter((one) => one.AttributeName !== 'titleOrder'),
    GlobalSecondaryIndexes: tableDefinition.GlobalSecondaryIndexes?.filter(
      ({ IndexName }) => IndexName !== 'gsi_shelf_title',
    ),
  });
  for (const [name, shelf, titleWords] of [
    ['a', 'open', ' zebra'],
    ['b', 'drm', ' apple'],
  ]) {
    const Item = { slug: `show/${name}`, title: titleWords, shelf, titleWords, episodeCount: 1, seasons: [] };
    await older.documents.put({ TableName: older.table, Item: { ...Item, drm: shelf === 'drm' } });
  }
  older.close();
  const updated = await startService(service, table);
  expect(await listSlugs(updated, { sort })).toEqual(['show/b', 'show/a']);
  await updated.close();
});

test('shows of an earlier build are not listed by title before they are indexed', async () => {
  const table = freshTable();
  const older = await openTable(table, tableDefinition);
  const Item = { slug: 'show/a', title: 'Apple', shelf: 'open', titleWords: ' apple', episodeCount: 1, seasons: [] };
  await older.documents.put({ TableName: older.table, Item: { ...Item, drm: false } });
  const updated = await startService(service, { ...table, CREATE_TABLE: 'false' });
  for (const order of [sort, 'REVERSE_ALPHABETICAL']) {
    const { data, errors } = await askList(updated, { sort: order });
    expect(data).toEqual({ shows: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 60 } }]);
  }
  expect(await listSlugs(updated, { sort: 'SLUG' })).toEqual(['show/a']);
  while (!(await backfillPage(older, Date.now() - 60_000)));
  expect(await listSlugs(updated, { sort })).toEqual(['show/a']);
  await updated.close();
  older.close();
});

test('a table that the deployment created lists shows by title at once', async () => {
  const table = freshTable();
  (await openTable(table, tableDefinition)).close();
  const started = await startService(service, { ...table, CREATE_TABLE: 'false' });
  expect(await listSlugs(started, { sort })).toEqual([]);
  await importItems(started, [item('a')]);
  expect(await listSlugs(started, { sort })).toEqual(['show/a']);
  await started.close();
});

/** Runs pages until a pass has ended that began after the start. */
async function pass(startedAt: number): Promise<{ pages: number; placed: number }> {
  const counts = { pages: 1, placed: 0 };
  const update: Dynamo['documents']['update'] = (input) => {
    if (String(input.Key?.['slug']).startsWith('show/')) counts.placed += 1;
    return dynamo.documents.update(input);
  };
  const counted = { ...dynamo, documents: { ...dynamo.documents, update } };
  while (!(await backfillPage(counted, startedAt, 5))) counts.pages += 1;
  return counts;
}

/** Until then, a pass could have begun in the millisecond of the start. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() <= now;) await wait(1);
}

function openTable(table: Record<string, string>, definition: TableDefinition): Promise<Dynamo> {
  return openDynamo(tableSettings.parse({ ...table, AWS_REGION: 'eu-central-1' }), definition);
}

async function setOrder(Key: { slug: string }, UpdateExpression: string, ExpressionAttributeValues?: object) {
  const values = ExpressionAttributeValues && { ExpressionAttributeValues };
  await dynamo.documents.update({ TableName: dynamo.table, Key, UpdateExpression, ...values });
}
