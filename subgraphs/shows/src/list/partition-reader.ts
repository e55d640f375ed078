import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { combineConditions, comparesTo, within } from '../database/query-conditions.js';
import { compareKeysets, type IndexEntry } from './list-order.js';
import type { ListPlan } from './list-plan.js';

/** One row of a list, or, without one, the place up to which everything was seen when the work was cut off. */
export interface ListStep {
  key: Keyset;
  entry?: IndexEntry;
}

/** The Queries that one request may still make, over all of its partitions. */
export interface QueryBudget {
  queries: number;
}

/** What is read of a partition: what follows `after`, of which at most `wanted` rows are of interest. */
export interface PartitionRead {
  plan: ListPlan;
  after: Keyset | undefined;
  wanted: number;
  work: QueryBudget;
}

/** Items that the first Query looks at where filters or ties make it unknown how many are needed. */
const firstLook = 250;

/** Each further Query looks at so many times more, so that their number grows with the logarithm of the distance. */
const growth = 4;

/**
 * The rows of one partition after the cursor, in order. Ends early with a `Step` that has no row when `work` is used
 * up; a group of ties is finished first, so that every such step stands further on than the cursor it began with.
 */
export async function* readPartition(
  dynamo: Dynamo,
  reading: PartitionRead,
  hash: string | number,
): AsyncGenerator<ListStep> {
  const { plan, after, wanted, work } = reading;
  let held: ListStep[] = [];
  for await (const { entries, reached: edge } of looks(dynamo, reading, hash)) {
    const steps = entries.map((entry) => ({ key: plan.order.keyset(entry), entry }));
    const ahead = steps.filter(({ key }) => !after || compareKeysets(key, after) > 0);
    held = [...held, ...ahead].sort((one, other) => compareKeysets(one.key, other.key));
    const settled = edge && plan.order.ties ? held.filter(({ key }) => compareKeysets(key, edge) < 0) : held;
    yield* settled;
    // What is held back is one group of ties, of which a page can show no more than it wants.
    held = held.slice(settled.length).slice(0, wanted);
    if (edge && work.queries <= 0 && (!after || compareKeysets(edge, after) > 0)) {
      yield { key: edge };
      return;
    }
  }
}

interface Look {
  entries: IndexEntry[];
  /** Up to where everything was looked at, whether or not it fitted; absent at the end of the partition. */
  reached: Keyset | undefined;
}

async function* looks(dynamo: Dynamo, reading: PartitionRead, hash: string | number): AsyncGenerator<Look> {
  const { plan, wanted, work } = reading;
  const query = queryOf(dynamo.table, reading, hash);
  // The cursor's own row is read again, as a range key has no "greater than" together with an upper bound.
  let limit = plan.order.ties || plan.conditions.length > 0 ? firstLook : wanted + 1;
  let from: Record<string, unknown> | undefined;
  do {
    work.queries -= 1;
    const answer: QueryCommandOutput = await dynamo.documents.send(
      new QueryCommand({ ...query, Limit: limit, ExclusiveStartKey: from }),
    );
    from = answer.LastEvaluatedKey;
    yield { entries: (answer.Items ?? []) as IndexEntry[], reached: from ? plan.order.reached(from) : undefined };
    limit *= growth;
  } while (from);
}

function queryOf(table: string, { plan, after }: PartitionRead, hash: string | number) {
  const low = after ? furthest(plan.low, plan.order.rangeFrom(after)) : plan.low;
  const key = combineConditions(
    [comparesTo(plan.hash.name, '=', hash), ...within(plan.order.range, low, plan.high)],
    'k',
  );
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

/** A cursor goes on within the bounds of the list, wherever it stands. */
function furthest(low: string | number | undefined, from: string | number): string | number {
  return low !== undefined && low > from ? low : from;
}
