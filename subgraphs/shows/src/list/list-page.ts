import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import type { IndexEntry } from './list-order.js';
import type { ListPlan } from './list-plan.js';
import { type PartitionItem, readPartition } from './partition-reader.js';
import { type ReadingRange, readingRange } from './reading-range.js';

/** The position and the size of a page. */
export interface PageRequest {
  size: number;
  /** The cursor after which the page starts in the order of the list. */
  after: Keyset | undefined;
  /** The cursor before which it ends. */
  before?: Keyset | undefined;
  /** Whether the last rows are read, in the opposite order of the list. */
  isBackward?: boolean;
  /** The maximum number of Queries; when it is reached, the page ends early. */
  maxQueries?: number;
}

export interface Page {
  /** In the order in which they were read. */
  rows: { key: Keyset; entry: IndexEntry }[];
  /** Where the next page in the same direction begins; undefined if this is the last one. */
  next: Keyset | undefined;
}

/** Enough to evaluate 1,750 entries of a slim index: more would keep the store busy for a single request. */
const defaultMaxQueries = 3;

/** Reads a page from the partitions of a plan, merged in order. */
export async function readPage(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Page> {
  const { size, maxQueries = defaultMaxQueries } = request;
  const range = readingRange(plan, request);
  const rows: Page['rows'] = [];
  if (range.isEmpty) return { rows, next: undefined };
  const read = { plan, range, maxRows: size + 1, budget: { queries: maxQueries } };
  const partitions = plan.hashKey.values.map((value) => new PartitionRows(readPartition(dynamo, read, value)));
  await Promise.all(partitions.map((partition) => partition.readMore()));
  for (;;) {
    const first = earliest(partitions, range);
    if (!first?.head) return { rows, next: undefined };
    const { key, entry } = first.head;
    if (rows.length === size) return { rows, next: rows.at(-1)?.key };
    if (!entry) return { rows, next: key };
    rows.push({ key, entry });
    if (!first.take()) await first.readMore();
  }
}

/** The partition whose next row is the first of all in the direction of reading. */
function earliest(partitions: readonly PartitionRows[], range: ReadingRange): PartitionRows | undefined {
  let first: PartitionRows | undefined;
  for (const partition of partitions)
    if (partition.head && (!first?.head || range.compare(partition.head.key, first.head.key) < 0)) first = partition;
  return first;
}

/** The rows of a partition, in order. Only a Query is waited for: a promise for each row would cost more than to merge it. */
class PartitionRows {
  #rows: readonly PartitionItem[] = [];
  #at = 0;

  constructor(private readonly queried: AsyncGenerator<PartitionItem[]>) {}

  /** The next row; undefined if all that were read have been taken. */
  get head(): PartitionItem | undefined {
    return this.#rows[this.#at];
  }

  /** Returns whether another one follows that has been read. */
  take(): boolean {
    this.#at += 1;
    return this.#at < this.#rows.length;
  }

  /** Reads the rows of the next Query. None are left at the end of the partition. */
  async readMore(): Promise<void> {
    const next = await this.queried.next();
    this.#rows = next.done ? [] : next.value;
    this.#at = 0;
  }
}
