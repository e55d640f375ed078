/**
 * The events of an outbox in DynamoDB that its consumers have applied: one item for each item of the outbox, which expires
 * with it.
 * Confirmations exist only with an emulator of SNS and SQS, which forgets its messages when it restarts.
 */
import { getOrCreate } from '../caching/memoize.js';
import { outboxDays } from '../events/outbox.js';
import { mapWithConcurrency } from '../timing/map-with-concurrency.js';
import { type ItemKey, readBatch } from './batch.js';
import type { Dynamo } from './open-table.js';
import { retryOnThrottle } from './retry-on-throttle.js';

/** Writes of one call that are in flight at the same time. */
const concurrency = 4;

/** Adds names to the set of each item. @param expiryAttribute the TTL attribute of the table */
export async function addConfirmations(
  { documents, table }: Dynamo,
  expiryAttribute: string,
  confirmations: readonly { key: ItemKey; name: string }[],
): Promise<void> {
  const items = new Map<string, { key: ItemKey; names: Set<string> }>();
  for (const { key, name } of confirmations)
    getOrCreate(items, JSON.stringify(key), () => ({ key, names: new Set<string>() })).names.add(name);
  await mapWithConcurrency([...items.values()], concurrency, async ({ key, names }) => {
    const request = {
      TableName: table,
      Key: key,
      UpdateExpression: 'SET #expiry = :expiry ADD #names :names',
      ExpressionAttributeNames: { '#expiry': expiryAttribute, '#names': 'confirmedBy' },
      ExpressionAttributeValues: { ':expiry': Math.ceil(Date.now() / 1000) + outboxDays * 86_400, ':names': names },
    };
    await retryOnThrottle(() => documents.update(request));
  });
}

/** The names in the sets of items, in the order of the keys. */
export async function readConfirmations(dynamo: Dynamo, keys: readonly ItemKey[]): Promise<ReadonlySet<string>[]> {
  const items = await readBatch<Record<string, unknown>>(dynamo, keys, { consistent: true });
  return keys.map((key) => {
    const item = items.find((one) => Object.entries(key).every(([name, value]) => one[name] === value));
    return (item?.['confirmedBy'] as ReadonlySet<string> | undefined) ?? new Set();
  });
}

/** Removes items, so that their events count as unconfirmed. */
export async function removeConfirmations({ documents, table }: Dynamo, keys: readonly ItemKey[]): Promise<void> {
  await mapWithConcurrency(keys, concurrency, (Key) =>
    retryOnThrottle(() => documents.delete({ TableName: table, Key })),
  );
}
