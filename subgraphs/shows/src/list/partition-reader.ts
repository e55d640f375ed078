import type { QueryOutput } from '@marquee/chassis/dynamodb/document-client';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { between, combineConditions, compare } from '../database/query-conditions.js';
import { compareKeysets, type IndexEntry } from './list-order.js';
import type { ListPlan } from './list-plan.js';

/** A row of a list. Without an entry: the position up to which everything was read when the budget was used up. */
export interface PartitionItem {
  key: Keyset;
  entry?: IndexEntry;
}

/** The Queries that one request may still make, across all of its partitions. */
export interface QueryBudget {
  queries: number;
}

/** What to read of a partition: at most `maxRows` rows after a cursor. */
export interface PartitionRead {
  plan: ListPlan;
  after: Keyset | undefined;
  maxRows: number;
  budget: QueryBudget;
}

/** The limit of the first Query when filters make the necessary number of items unknown. */
const initialLimit = 250;

/** The growth of the limit per Query, so that the number of Queries is logarithmic in the number of items. */
const limitGrowth = 3;

/**
 * Yields the rows of a partition after the cursor, in order. Ends early with an item without entry when the budget is
 * used up: such an item is always after the cursor, so that paging makes progress.
 */
export async function* readPartition(
  dynamo: Dynamo,
  read: PartitionRead,
  hashValue: string | number,
): AsyncGenerator<PartitionItem> {
  const { plan, after, budget } = read;
  for await (const { entries, evaluatedUpTo: edge } of queryPages(dynamo, read, hashValue)) {
    const rows = entries.map((entry) => ({ key: plan.order.keyset(entry), entry }));
    yield* rows.filter(({ key }) => !after || compareKeysets(key, after) > 0);
    if (edge && budget.queries <= 0 && (!after || compareKeysets(edge, after) > 0)) {
      yield { key: edge };
      return;
    }
  }
}

interface QueryPage {
  entries: IndexEntry[];
  /** The position up to which all items were evaluated, matching or not; undefined at the end of the partition. */
  evaluatedUpTo: Keyset | undefined;
}

async function* queryPages(dynamo: Dynamo, read: PartitionRead, hashValue: string | number): AsyncGenerator<QueryPage> {
  const { plan, maxRows, budget } = read;
  const query = queryInput(dynamo.table, read, hashValue);
  // The row of the cursor is read again: a range key cannot be "greater than" and have an upper bound as well.
  let limit = plan.conditions.length > 0 ? initialLimit : maxRows + 1;
  let startKey: Record<string, unknown> | undefined;
  do {
    budget.queries -= 1;
    const response: QueryOutput = await dynamo.documents.query({ ...query, Limit: limit, ExclusiveStartKey: startKey });
    startKey = response.LastEvaluatedKey;
    const evaluatedUpTo = startKey ? plan.order.evaluatedUpTo(startKey) : undefined;
    yield { entries: (response.Items ?? []) as IndexEntry[], evaluatedUpTo };
    limit *= limitGrowth;
  } while (startKey);
}

function queryInput(table: string, { plan, after }: PartitionRead, hashValue: string | number) {
  const low = after ? later(plan.low, plan.order.rangeStart(after)) : plan.low;
  const keyConditions = [compare(plan.hashKey.name, '=', hashValue), ...between(plan.order.rangeKey, low, plan.high)];
  const key = combineConditions(keyConditions, 'k');
  const filter = combineConditions(plan.conditions, 'f');
  return {
    TableName: table,
    IndexName: plan.index,
    KeyConditionExpression: key.text,
    ...(filter.text !== '' && { FilterExpression: filter.text }),
    ExpressionAttributeNames: { ...key.names, ...filter.names },
    ExpressionAttributeValues: { ...key.values, ...filter.values },
  };
}

/** A forged cursor must not widen the bounds of the list. */
function later(low: string | number | undefined, start: string | number): string | number {
  return low !== undefined && low > start ? low : start;
}
