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

/** Enough to evaluate about 3,000 entries of a slim index: more would keep the store busy for a single request. */
const defaultMaxQueries = 3;

/** Reads a page from the partitions of a plan, merged in order. */
export async function readPage(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Page> {
  const { size, maxQueries = defaultMaxQueries } = request;
  const range = readingRange(plan, request);
  const rows: Page['rows'] = [];
  if (range.isEmpty) return { rows, next: undefined };
  const read = { plan, range, maxRows: size + 1, budget: { queries: maxQueries } };
  const streams = plan.hashKey.values.map((hashValue) => readPartition(dynamo, read, hashValue));
  for await (const { key, entry } of merge(streams, range)) {
    if (rows.length === size) return { rows, next: rows.at(-1)?.key };
    if (!entry) return { rows, next: key };
    rows.push({ key, entry });
  }
  return { rows, next: undefined };
}

async function* merge(streams: AsyncGenerator<PartitionItem>[], range: ReadingRange): AsyncGenerator<PartitionItem> {
  const heads = await Promise.all(streams.map(readHead));
  for (;;) {
    const remaining = heads.flatMap((head) => (head.item ? [{ head, item: head.item }] : []));
    const first = remaining.sort((one, other) => range.compare(one.item.key, other.item.key))[0];
    if (!first) return;
    yield first.item;
    Object.assign(first.head, await readHead(first.head.stream));
  }
}

interface StreamHead {
  stream: AsyncGenerator<PartitionItem>;
  item: PartitionItem | undefined;
}

async function readHead(stream: AsyncGenerator<PartitionItem>): Promise<StreamHead> {
  const next = await stream.next();
  return { stream, item: next.done ? undefined : next.value };
}
