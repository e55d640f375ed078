import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { compareKeysets } from './list-order.js';
import { readPartition, type ListStep } from './partition-reader.js';
import type { ListPlan } from './list-plan.js';

/** Where a page begins and how large it is. */
export interface PageRequest {
  size: number;
  after: Keyset | undefined;
  /** Queries after which the page ends where it stands. */
  queries?: number;
}

/** The rows of a page, and where the next one begins: undefined when nothing follows. */
export interface Page {
  steps: Required<ListStep>[];
  next: Keyset | undefined;
}

/** Enough to look at some 50,000 entries of a slim index. */
const queriesOfRequest = 14;

/** Fills a page from the partitions of a plan, merged in order. */
export async function readPage(dynamo: Dynamo, plan: ListPlan, { size, after, queries }: PageRequest): Promise<Page> {
  const steps: Required<ListStep>[] = [];
  if (beyond(plan, after)) return { steps, next: undefined };
  const reading = { plan, after, wanted: size + 1, work: { queries: queries ?? queriesOfRequest } };
  for await (const { key, entry } of merged(plan.hash.values.map((hash) => readPartition(dynamo, reading, hash)))) {
    if (steps.length === size) return { steps, next: steps.at(-1)?.key };
    if (!entry) return { steps, next: key };
    steps.push({ key, entry });
  }
  return { steps, next: undefined };
}

/** DynamoDB refuses a range whose upper bound is below the lower one. */
function beyond({ order, high }: ListPlan, after: Keyset | undefined): boolean {
  return after !== undefined && high !== undefined && order.rangeFrom(after) > high;
}

async function* merged(streams: AsyncGenerator<ListStep>[]): AsyncGenerator<ListStep> {
  const heads = await Promise.all(streams.map(headOf));
  for (;;) {
    const live = heads.flatMap((head) => (head.step ? [{ head, step: head.step }] : []));
    const first = live.sort((one, other) => compareKeysets(one.step.key, other.step.key))[0];
    if (!first) return;
    yield first.step;
    Object.assign(first.head, await headOf(first.head.stream));
  }
}

interface Head {
  stream: AsyncGenerator<ListStep>;
  step: ListStep | undefined;
}

async function headOf(stream: AsyncGenerator<ListStep>): Promise<Head> {
  const next = await stream.next();
  return { stream, step: next.done ? undefined : next.value };
}
