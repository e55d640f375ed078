import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { retryOnThrottle, throttleBackoff } from '@marquee/chassis/dynamodb/retry-on-throttle';
import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { indexKeys } from '../shows/index-keys.js';
import type { NewShow, ShowRow } from '../shows/show-row.js';
import { getShows } from '../shows/show-store.js';

/** A transaction takes 100 items and 4 MB; a smaller one is cheaper to repeat when a slug in it has been taken. */
const maxTransactionItems = 50;
const maxTransactionBytes = 2_000_000;

/** Concurrent transactions of one import. */
const maxConcurrency = 4;

/** Attempts of a transaction that conflicts with other writers. */
const maxAttempts = 10;

/**
 * Adds each show whose slug is not taken; of several with the same slug, the first. Returns one result per show, in
 * order: the stored show, or null if its slug was taken.
 *
 * Existing slugs are looked up first, which costs one read per 100 shows instead of a rejected write each. The others are
 * written in transactions, so that 1000 shows take 20 requests; a transaction that is cancelled because some slugs were
 * taken after the lookup is repeated without them.
 */
export async function addNewShows(dynamo: Dynamo, shows: readonly NewShow[]): Promise<(ShowRow | null)[]> {
  const existing = await getShows(
    dynamo,
    shows.map(({ slug }) => slug),
  );
  const rows = newRows(shows, new Set(existing.map(({ slug }) => slug)));
  const added = await mapWithConcurrency([...chunks(rows)], maxConcurrency, (chunk) => addChunk(dynamo, chunk));
  const rowBySlug = new Map(added.flat().map((row) => [row.slug, row]));
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
    if (chunk.length === maxTransactionItems || (chunk.length > 0 && bytes + size > maxTransactionBytes)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(row);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

async function addChunk(dynamo: Dynamo, chunk: readonly ShowRow[]): Promise<readonly ShowRow[]> {
  let remaining = chunk;
  for (let attempt = 1; remaining.length > 0; attempt += 1) {
    const taken = await putShows(dynamo, remaining);
    if (taken === null) return remaining;
    if (taken.size === 0 && attempt >= maxAttempts)
      throw new Error(`${maxAttempts} attempts to add ${remaining.length} shows conflicted with other writers`);
    if (taken.size === 0) await waitForBackoff(attempt, throttleBackoff);
    remaining = remaining.filter((_, at) => !taken.has(at));
  }
  return remaining;
}

/** Writes all shows or none. Returns null on success, or the indexes of the shows whose slug was taken. */
async function putShows({ documents, table }: Dynamo, rows: readonly ShowRow[]): Promise<Set<number> | null> {
  const TransactItems = rows.map((row) => ({
    Put: { TableName: table, Item: row, ConditionExpression: 'attribute_not_exists(slug)' },
  }));
  try {
    await retryOnThrottle(() => documents.send(new TransactWriteCommand({ TransactItems })));
    return null;
  } catch (failure) {
    if ((failure as Error).name !== 'TransactionCanceledException') throw failure;
    return takenIndexes(failure as TransactionCanceled);
  }
}

/** Empty for a transient reason: a conflicting transaction or throttling. */
function takenIndexes(failure: TransactionCanceled): Set<number> {
  const codes = (failure.CancellationReasons ?? []).map(({ Code }) => Code);
  if (codes.includes('ValidationError')) throw failure;
  return new Set(codes.flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : [])));
}

interface TransactionCanceled extends Error {
  /** One per item of the transaction, in order. */
  CancellationReasons?: { Code?: string }[];
}
