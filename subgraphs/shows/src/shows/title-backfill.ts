/**
 * Gives the shows of earlier builds their place in `gsi_shelf_title`. Each start of the service causes another pass over all
 * shows: an earlier build may have run meanwhile, which neither places a new show nor moves one whose title it changes. A
 * pass writes only such shows. The table keeps the place that was reached, so that a pass goes on where it was interrupted.
 */
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Backfill } from '@marquee/chassis/dynamodb/dynamo-backfill';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { partitions, titleKeys } from './index-keys.js';
import { leaseKey, readProgress, type TitleProgress, writeProgress } from './title-progress.js';

/** Writes of one page that are in flight at the same time. */
const concurrency = 8;

/** The partitions to read. A show may move to the first one while the second one is read. */
const passes = [partitions.drm, partitions.open, partitions.drm];

/** @param startedAt when the process started, in milliseconds since 1970 */
export function titleBackfill(dynamo: Dynamo, startedAt: number): Backfill {
  return { name: 'titles', leaseKey, runPage: () => backfillPage(dynamo, startedAt) };
}

/**
 * Indexes the titles of the next shows. Returns whether a pass has ended that began after `startedAt`. Repeating a page
 * changes nothing.
 * @param startedAt in milliseconds since 1970
 */
export async function backfillPage(dynamo: Dynamo, startedAt: number, pageSize = 200): Promise<boolean> {
  const progress = await readProgress(dynamo);
  const { pass = 0, startKey, beganAt = 0, isDone = false } = progress;
  const isUnderWay = progress.pass !== undefined;
  if (!isUnderWay && isDone && beganAt >= startedAt) return true;
  const { Items = [], LastEvaluatedKey } = await dynamo.documents.query({
    TableName: dynamo.table,
    IndexName: 'gsi_shelf',
    KeyConditionExpression: 'shelf = :shelf',
    ExpressionAttributeValues: { ':shelf': passes[pass] },
    Limit: pageSize,
    ExclusiveStartKey: startKey,
  });
  const misplaced = await findMisplaced(dynamo, Items as { slug: string }[]);
  await mapWithConcurrency(misplaced, concurrency, (show) => placeShow(dynamo, show));
  const began = isUnderWay ? beganAt : Date.now();
  const place = nextPlace(pass, LastEvaluatedKey);
  await writeProgress(dynamo, { beganAt: began, isDone: isDone || place === undefined, ...place });
  return place === undefined && began >= startedAt;
}

/** Undefined at the end. */
function nextPlace(
  pass: number,
  startKey: Record<string, unknown> | undefined,
): Pick<TitleProgress, 'pass' | 'startKey'> | undefined {
  if (startKey) return { pass, startKey };
  return pass + 1 < passes.length ? { pass: pass + 1 } : undefined;
}

interface PlacedShow {
  slug: string;
  titleWords: string;
  titleOrder?: string;
}

/** Shows without a place in the order, or with that of an older title. Reading costs less than writes whose condition fails. */
async function findMisplaced(dynamo: Dynamo, shows: readonly { slug: string }[]): Promise<PlacedShow[]> {
  const keys = shows.map(({ slug }) => ({ slug }));
  const attributes = ['slug', 'titleWords', 'titleOrder'] satisfies (keyof PlacedShow)[];
  const current = await readBatch<PlacedShow>(dynamo, keys, { attributes });
  return current.filter(({ slug, titleWords, titleOrder }) => titleOrder !== titleKeys(slug, titleWords).titleOrder);
}

/** A show that was changed or deleted meanwhile is left as it is. */
async function placeShow({ documents, table }: Dynamo, { slug, titleWords }: PlacedShow): Promise<void> {
  const update = documents.update({
    TableName: table,
    Key: { slug },
    UpdateExpression: 'SET titleOrder = :order',
    ConditionExpression: 'titleWords = :words',
    ExpressionAttributeValues: { ':words': titleWords, ':order': titleKeys(slug, titleWords).titleOrder },
  });
  await update.catch(ignoreFailedCondition);
}

function ignoreFailedCondition(failure: unknown): void {
  if ((failure as Error).name !== 'ConditionalCheckFailedException') throw failure;
}
