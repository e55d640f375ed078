/** The item of the table that says how far the titles are indexed, which title-backfill.ts does. */
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { updateExpression } from '../database/update-expression.js';
import { partitions } from './index-keys.js';

/** No slug of a show begins like these. */
export const leaseKey = { slug: 'backfill of titles#lease' };
const progressKey = { slug: 'backfill of titles#progress' };

/** No attribute is the key of an index. */
export interface TitleProgress {
  /** The part of the pass that is under way, and the place in its partition. Absent between two passes. */
  pass?: number;
  startKey?: Record<string, unknown>;
  /** When the last pass began, in milliseconds since 1970. */
  beganAt?: number;
  /** Whether a pass has ended before: from then on the orders by title have all shows. */
  isDone?: boolean;
}

export async function readProgress({ documents, table }: Dynamo): Promise<TitleProgress> {
  const { Item } = await documents.get({ TableName: table, Key: progressKey, ConsistentRead: true });
  return Item ?? {};
}

/** Never takes back that a pass has ended, which another replica that starts at the same time may have written. */
export async function writeProgress({ documents, table }: Dynamo, progress: TitleProgress): Promise<void> {
  const { pass = null, startKey = null, beganAt, isDone } = progress;
  const changes = updateExpression({ pass, startKey, beganAt, ...(isDone && { isDone }) });
  await documents.update({ TableName: table, Key: progressKey, ...changes });
}

/**
 * Makes the orders by title usable in a table without shows. The pass follows as in every other table, since replicas of an
 * earlier build may still add shows.
 */
export async function completeEmptyTable(dynamo: Dynamo): Promise<void> {
  const { isDone, pass } = await readProgress(dynamo);
  if (isDone || pass !== undefined || (await hasShows(dynamo))) return;
  await writeProgress(dynamo, { isDone: true });
}

async function hasShows({ documents, table }: Dynamo): Promise<boolean> {
  const firsts = Object.values(partitions).map((shelf) =>
    documents.query({
      TableName: table,
      IndexName: 'gsi_shelf',
      KeyConditionExpression: 'shelf = :shelf',
      ExpressionAttributeValues: { ':shelf': shelf },
      Limit: 1,
    }),
  );
  return (await Promise.all(firsts)).some(({ Items = [] }) => Items.length > 0);
}

/** Returns whether the orders by title have all shows. Once they do, the table is not asked again. */
export function titleOrderCheck(dynamo: Dynamo): () => Promise<boolean> {
  let isComplete = false;
  return async () => (isComplete ||= (await readProgress(dynamo)).isDone === true);
}
