/**
 * Gives the shows of earlier builds their place in `gsi_shelf_title`. The table keeps the place that was reached, so that the
 * work goes on where it was interrupted, and is not repeated.
 */
import type { Backfill } from '@marquee/chassis/dynamodb/dynamo-backfill';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { partitions, titleKeys } from './index-keys.js';

/** Writes of one page that are in flight at the same time. */
const concurrency = 8;

/** The partitions to read. A show may move to the first one while the second one is read. */
const passes = [partitions.drm, partitions.open, partitions.drm];

/** No slug of a show begins like these. */
const leaseKey = { slug: 'backfill of titles#lease' };
const progressKey = { slug: 'backfill of titles#progress' };

export function titleBackfill(dynamo: Dynamo): Backfill {
  return { name: 'titles', leaseKey, runPage: () => backfillPage(dynamo) };
}

/** The pass, and the place in its partition; absent before the first page. No attribute is the key of an index. */
interface Progress {
  pass?: number;
  startKey?: Record<string, unknown>;
  isDone?: boolean;
}

/** Indexes the titles of the next shows. Returns whether all are done. Repeating a page changes nothing. */
export async function backfillPage({ documents, table }: Dynamo, pageSize = 200): Promise<boolean> {
  const { Item } = await documents.get({ TableName: table, Key: progressKey, ConsistentRead: true });
  const { pass = 0, startKey, isDone } = (Item ?? {}) as Progress;
  if (isDone) return true;
  const { Items = [], LastEvaluatedKey } = await documents.query({
    TableName: table,
    IndexName: 'gsi_shelf',
    KeyConditionExpression: 'shelf = :shelf',
    ExpressionAttributeValues: { ':shelf': passes[pass] },
    Limit: pageSize,
    ExclusiveStartKey: startKey,
  });
  await mapWithConcurrency(Items as IndexedShow[], concurrency, (show) => indexTitle({ documents, table }, show));
  const next = nextPlace(pass, LastEvaluatedKey);
  await documents.put({ TableName: table, Item: { ...progressKey, ...next } });
  return next.isDone === true;
}

function nextPlace(pass: number, startKey: Record<string, unknown> | undefined): Progress {
  if (startKey) return { pass, startKey };
  return pass + 1 < passes.length ? { pass: pass + 1 } : { isDone: true };
}

interface IndexedShow {
  slug: string;
  titleWords: string;
}

/** Also replaces the key of a title that an earlier build has changed since. A changed or deleted show is left as it is. */
async function indexTitle(
  { documents, table }: Pick<Dynamo, 'documents' | 'table'>,
  { slug, titleWords }: IndexedShow,
) {
  const update = documents.update({
    TableName: table,
    Key: { slug },
    UpdateExpression: 'SET titleOrder = :order',
    ConditionExpression: 'titleWords = :words AND (attribute_not_exists(titleOrder) OR titleOrder <> :order)',
    ExpressionAttributeValues: { ':words': titleWords, ':order': titleKeys(slug, titleWords).titleOrder },
  });
  await update.catch((failure: unknown) => {
    if ((failure as Error).name !== 'ConditionalCheckFailedException') throw failure;
  });
}
