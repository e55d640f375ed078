import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { retryOnThrottle, throttleBackoff } from '@marquee/chassis/dynamodb/retry-on-throttle';
import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { indexKeys } from '../shows/index-keys.js';
import type { NewShow, ShowRow } from '../shows/show-row.js';

/** A transaction takes 100 items and 4 MB; a smaller one is cheaper to repeat when a show in it is taken meanwhile. */
const itemsOfTransaction = 50;
const bytesOfTransaction = 2_000_000;

/** Transactions that one import has under way. */
const transactionsAtOnce = 4;

/** How often a transaction that others were in the way of is tried. */
const attempts = 10;

/**
 * Adds each show whose slug is free; of several with one slug, the first. Answers those that were added, by slug.
 *
 * Many puts in one transaction instead of a request each: a thousand shows are 20 requests. A transaction that is
 * cancelled because some slugs were taken since they were looked up is repeated without those.
 */
export async function addShows(
  dynamo: Dynamo,
  shows: readonly NewShow[],
  taken: ReadonlySet<string>,
): Promise<Map<string, ShowRow>> {
  const rows = new Map<string, ShowRow>();
  for (const show of shows) if (!taken.has(show.slug) && !rows.has(show.slug)) rows.set(show.slug, rowOf(show));
  const added = await mapWithConcurrency([...chunks(rows.values())], transactionsAtOnce, (chunk) =>
    addChunk(dynamo, chunk),
  );
  return new Map(added.flat().map((row) => [row.slug, row]));
}

function rowOf(show: NewShow): ShowRow {
  const filled = Object.entries({ ...show, ...indexKeys(show.slug, show) }).filter(([, value]) => value !== null);
  return Object.fromEntries(filled) as unknown as ShowRow;
}

function* chunks(rows: Iterable<ShowRow>): Generator<ShowRow[]> {
  let chunk: ShowRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row));
    if (chunk.length === itemsOfTransaction || (chunk.length > 0 && bytes + size > bytesOfTransaction)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(row);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

async function addChunk(dynamo: Dynamo, chunk: readonly ShowRow[]): Promise<readonly ShowRow[]> {
  let left = chunk;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const refused = await put(dynamo, left);
    if (refused === null) return left;
    if (refused.size === 0 && attempt >= attempts)
      throw new Error(`${left.length} shows met other writes for too long`);
    if (refused.size === 0) await waitForBackoff(attempt, throttleBackoff);
    left = left.filter((_, at) => !refused.has(at));
  }
  return left;
}

/** The places of those whose slug is taken; null when all are in. */
async function put({ documents, table }: Dynamo, rows: readonly ShowRow[]): Promise<Set<number> | null> {
  const TransactItems = rows.map((row) => ({
    Put: { TableName: table, Item: row, ConditionExpression: 'attribute_not_exists(slug)' },
  }));
  try {
    await retryOnThrottle(() => documents.send(new TransactWriteCommand({ TransactItems })));
    return null;
  } catch (failure) {
    if ((failure as Error).name !== 'TransactionCanceledException') throw failure;
    return refusedBy(failure as Canceled);
  }
}

/** Other reasons, a transaction of somebody else or a busy table, pass: then nobody is refused. */
function refusedBy(failure: Canceled): Set<number> {
  const codes = (failure.CancellationReasons ?? []).map(({ Code }) => Code);
  if (codes.includes('ValidationError')) throw failure;
  return new Set(codes.flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : [])));
}

interface Canceled extends Error {
  /** One for each item of the transaction, in order. */
  CancellationReasons?: { Code?: string }[];
}
