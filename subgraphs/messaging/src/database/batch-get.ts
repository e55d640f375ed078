import { setTimeout as wait } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ItemKey } from './table-keys.js';

/** The maximum number of keys that BatchGetItem accepts. */
export const maxBatchKeys = 100;

const maxAttempts = 8;

/** An item, as it is stored. */
export type Item = ItemKey & Record<string, unknown>;

/** Reads items by key with consistent reads, in any order, without those that do not exist. */
export async function getItems(dynamo: Dynamo, keys: readonly ItemKey[]): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / maxBatchKeys) }, (_, at) =>
    keys.slice(at * maxBatchKeys, (at + 1) * maxBatchKeys),
  );
  return (await Promise.all(batches.map((batch) => getBatch(dynamo, batch)))).flat();
}

/** DynamoDB leaves keys unprocessed when it is busy or the response is too large: those are requested again. */
async function getBatch({ documents, table }: Dynamo, keys: readonly ItemKey[]): Promise<Item[]> {
  const items: Item[] = [];
  let unprocessed: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 1; unprocessed.length > 0; attempt += 1) {
    if (attempt > maxAttempts) throw new Error(`${unprocessed.length} keys stayed unprocessed`);
    if (attempt > 1) await wait(Math.random() * 20 * 2 ** attempt);
    const RequestItems = { [table]: { Keys: unprocessed, ConsistentRead: true } };
    const response = await documents.send(new BatchGetCommand({ RequestItems }));
    items.push(...((response.Responses?.[table] ?? []) as Item[]));
    unprocessed = response.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
