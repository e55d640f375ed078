import type { TransactWrite } from '@marquee/chassis/dynamodb/document-client';
import type { DynamoChangeLog } from '@marquee/chassis/dynamodb/dynamo-change-log';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { changeOf } from '../database/show-log.js';
import { indexKeys } from '../shows/index-keys.js';
import type { NewShow, ShowRow } from '../shows/show-row.js';
import { getShows } from '../shows/show-store.js';
import { showStream } from '../topics.js';

/**
 * A transaction takes 100 items and 4 MB. Each show has two items, itself and its change, beside that of the latest change. A
 * transaction with fewer bytes is cheaper to repeat when a slug in it has been taken.
 */
const maxTransactionShows = 49;
const maxTransactionBytes = 2_000_000;

/**
 * Adds each show whose slug is not taken; of several with the same slug, the first. Returns one result per show, in
 * order: the stored show, or null if its slug was taken.
 *
 * Existing slugs are looked up first, which costs one read per 100 shows instead of a rejected write each. The others are
 * written in transactions, so that 1000 shows take 21 requests; a transaction that is cancelled because some slugs were
 * taken after the lookup is repeated without them.
 */
export async function addNewShows(
  dynamo: Dynamo,
  log: DynamoChangeLog,
  shows: readonly NewShow[],
): Promise<(ShowRow | null)[]> {
  const existing = await getShows(
    dynamo,
    shows.map(({ slug }) => slug),
  );
  const rows = newRows(shows, new Set(existing.map(({ slug }) => slug)));
  const added: ShowRow[] = [];
  for (const chunk of chunks(rows)) added.push(...(await addChunk(log, dynamo.table, chunk)));
  const rowBySlug = new Map(added.map((row) => [row.slug, row]));
  return shows.map(({ slug }) => {
    const row = rowBySlug.get(slug) ?? null;
    rowBySlug.delete(slug);
    return row;
  });
}

/** The rows of the shows that are not taken, one per slug. */
function newRows(shows: readonly NewShow[], taken: ReadonlySet<string>): Iterable<ShowRow> {
  const rows = new Map<string, ShowRow>();
  for (const show of shows) if (!taken.has(show.slug) && !rows.has(show.slug)) rows.set(show.slug, toRow(show));
  return rows.values();
}

function toRow(show: NewShow): ShowRow {
  const present = Object.entries({ ...show, ...indexKeys(show.slug, show) }).filter(([, value]) => value !== null);
  return Object.fromEntries(present) as unknown as ShowRow;
}

function* chunks(rows: Iterable<ShowRow>): Generator<ShowRow[]> {
  let chunk: ShowRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row));
    if (chunk.length === maxTransactionShows || (chunk.length > 0 && bytes + size > maxTransactionBytes)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(row);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

async function addChunk(log: DynamoChangeLog, table: string, chunk: readonly ShowRow[]): Promise<readonly ShowRow[]> {
  let remaining = chunk;
  while (remaining.length > 0) {
    const changes = remaining.map(({ slug }) => changeOf(slug));
    const taken = await log.write(showStream, changes, putWrites(table, remaining));
    if (taken === null) return remaining;
    remaining = remaining.filter((_, at) => !taken.has(at));
  }
  return remaining;
}

function putWrites(TableName: string, rows: readonly ShowRow[]): TransactWrite[] {
  return rows.map((row) => ({
    Put: { TableName, Item: row, ConditionExpression: 'attribute_not_exists(slug)' },
  }));
}
