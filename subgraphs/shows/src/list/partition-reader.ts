import type { QueryOutput } from '@marquee/chassis/dynamodb/document-client';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { between, combineConditions, compare } from '../database/query-conditions.js';
import type { IndexEntry } from './list-order.js';
import type { ListPlan } from './list-plan.js';
import type { ReadingRange } from './reading-range.js';

/** A row of a list. Without an entry: the position up to which everything was read when the budget was used up. */
export interface PartitionItem {
  key: Keyset;
  entry?: IndexEntry;
}

/** The Queries that one request may still make, across all of its partitions. */
export interface QueryBudget {
  queries: number;
}

/** What to read of a partition: at most `maxRows` rows of a range. */
export interface PartitionRead {
  plan: ListPlan;
  range: ReadingRange;
  maxRows: number;
  budget: QueryBudget;
}

/** The limit of the first Query when filters make the necessary number of items unknown. */
const initialLimit = 250;

/** The growth of the limit per Query, so that the number of Queries is logarithmic in the number of items. */
const limitGrowth = 2;

/**
 * Yields the rows of a partition, in the direction of the range, those of one Query together. Ends early with an item
 * without entry when the budget is used up: such an item is always beyond the start, so that paging makes progress.
 */
export async function* readPartition(
  dynamo: Dynamo,
  read: PartitionRead,
  hashValue: string | number,
): AsyncGenerator<PartitionItem[]> {
  const { plan, range, budget } = read;
  for await (const { entries, evaluatedUpTo: edge } of queryPages(dynamo, read, hashValue)) {
    const rows = entries.map((entry) => ({ key: plan.order.keyset(entry), entry }));
    const contained = rows.filter(({ key }) => range.contains(key));
    if (contained.length > 0) yield contained;
    if (edge && budget.queries <= 0 && range.isBeyondStart(edge)) {
      yield [{ key: edge }];
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
  // The rows of the cursors are read again: a range key cannot be "greater than" and have an upper bound as well.
  let limit = plan.conditions.length > 0 ? Math.max(initialLimit, maxRows) : maxRows + 1;
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

function queryInput(table: string, { plan, range }: PartitionRead, hashValue: string | number) {
  const keyConditions = [
    compare(plan.hashKey.name, '=', hashValue),
    ...between(plan.order.rangeKey, range.low, range.high),
  ];
  const key = combineConditions(keyConditions, 'k');
  const filter = combineConditions(plan.conditions, 'f');
  return {
    TableName: table,
    IndexName: plan.index,
    KeyConditionExpression: key.text,
    ...(filter.text !== '' && { FilterExpression: filter.text }),
    ...(range.isReverse && { ScanIndexForward: false }),
    ExpressionAttributeNames: { ...key.names, ...filter.names },
    ExpressionAttributeValues: { ...key.values, ...filter.values },
  };
}
