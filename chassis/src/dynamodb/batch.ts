import { getOrCreate } from '../caching/memoize.js';
import { StoreError } from '../errors/store-error.js';
import { waitForBackoff } from '../timing/backoff.js';
import { mapWithConcurrency } from '../timing/map-with-concurrency.js';
import type { Dynamo } from './open-table.js';
import { retryOnThrottle, throttleBackoff } from './retry-on-throttle.js';

/** Keys that one BatchGetItem request accepts. */
export const maxBatchKeys = 100;

/** Requests of one call that are in flight at the same time. */
const concurrency = 4;

/** Attempts to read the keys that DynamoDB leaves unprocessed. */
const maxAttempts = 8;

/** The primary key of an item, by attribute name. */
export type ItemKey = Readonly<Record<string, string | number>>;

export interface BatchReadOptions {
  /** Strongly consistent reads, which cost twice the capacity. Default: false. */
  consistent?: boolean;
  /** The attributes to read, by name or by their path within maps. Default: all. */
  attributes?: readonly (string | readonly string[])[];
}

/**
 * Reads items by primary key: in batches of 100, in any order, without those that do not exist. Duplicate keys are read
 * once. DynamoDB leaves keys unprocessed when it is busy or when the response exceeds 16 MB; those are requested again
 * with exponential back-off.
 *
 * @throws StoreError when keys stay unprocessed after eight attempts, or the table stays throttled
 */
export async function readBatch<Item>(
  dynamo: Dynamo,
  keys: readonly ItemKey[],
  options: BatchReadOptions = {},
): Promise<Item[]> {
  const distinct = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
  const batches = Array.from({ length: Math.ceil(distinct.length / maxBatchKeys) }, (_, index) =>
    distinct.slice(index * maxBatchKeys, (index + 1) * maxBatchKeys),
  );
  const items = await mapWithConcurrency(batches, concurrency, (batch) => readOneBatch(dynamo, batch, options));
  return items.flat() as Item[];
}

async function readOneBatch(
  { documents, table }: Dynamo,
  keys: ItemKey[],
  { consistent = false, attributes = [] }: BatchReadOptions,
): Promise<unknown[]> {
  const projection = projectionOf(attributes);
  const items: unknown[] = [];
  let unprocessed: Record<string, unknown>[] = keys;
  for (let attempt = 1; ; attempt += 1) {
    const request = { [table]: { Keys: unprocessed, ConsistentRead: consistent, ...projection } };
    const response = await retryOnThrottle(() => documents.batchGet({ RequestItems: request }));
    items.push(...(response.Responses?.[table] ?? []));
    unprocessed = response.UnprocessedKeys?.[table]?.Keys ?? [];
    if (unprocessed.length === 0) return items;
    if (attempt === maxAttempts)
      throw new StoreError('unavailable', new Error(`${unprocessed.length} keys stayed unprocessed`));
    await waitForBackoff(attempt, throttleBackoff);
  }
}

/** With placeholders, because many common names are reserved. */
function projectionOf(attributes: NonNullable<BatchReadOptions['attributes']>) {
  if (attributes.length === 0) return {};
  const placeholders = new Map<string, string>();
  const placeholderOf = (name: string): string => getOrCreate(placeholders, name, () => `#a${placeholders.size}`);
  const paths = attributes.map((path) => [path].flat().map(placeholderOf).join('.'));
  return {
    ProjectionExpression: paths.join(', '),
    ExpressionAttributeNames: Object.fromEntries([...placeholders].map(([name, placeholder]) => [placeholder, name])),
  };
}
