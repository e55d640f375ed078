import { setTimeout as wait } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import type { ItemKey } from './table-keys.js';

/** The most keys that BatchGetItem takes. */
export const keysOfBatch = 100;

const attempts = 8;

/** An item as it is stored. */
export type Item = ItemKey & Record<string, unknown>;

/** The items of these keys as they are now, in any order; absent ones are left out. */
export async function getItems(dynamo: Dynamo, keys: readonly ItemKey[]): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / keysOfBatch) }, (_, at) =>
    keys.slice(at * keysOfBatch, (at + 1) * keysOfBatch),
  );
  return (await Promise.all(batches.map((batch) => batchOf(dynamo, batch)))).flat();
}

/** DynamoDB may leave keys out of its answer when it is busy or the answer is large: they are asked for again. */
async function batchOf({ documents, table }: Dynamo, keys: readonly ItemKey[]): Promise<Item[]> {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt > attempts) throw new Error(`${left.length} keys stayed unprocessed`);
    if (attempt > 1) await wait(Math.random() * 20 * 2 ** attempt);
    const RequestItems = { [table]: { Keys: left, ConsistentRead: true } };
    const answer = await documents.send(new BatchGetCommand({ RequestItems }));
    items.push(...((answer.Responses?.[table] ?? []) as Item[]));
    left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
