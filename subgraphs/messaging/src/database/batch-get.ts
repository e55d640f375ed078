import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ItemKey } from './table-keys.js';

/** An item, as it is stored. */
export type Item = ItemKey & Record<string, unknown>;

/** Reads items by key with consistent reads, in any order, without those that do not exist. */
export async function getItems(dynamo: Dynamo, keys: readonly ItemKey[]): Promise<Item[]> {
  return readBatch<Item>(
    dynamo,
    keys.map(({ pk, sk }) => ({ pk, sk })),
    { consistent: true },
  );
}
