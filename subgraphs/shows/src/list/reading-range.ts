import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { compareKeysets } from './list-order.js';
import type { PageRequest } from './list-page.js';
import type { ListPlan } from './list-plan.js';

/** The part of an index that a page is read from, and the direction. */
export interface ReadingRange {
  /** Whether the index is read from its end. */
  isReverse: boolean;
  /** Inclusive bounds of the range key. The rows of the cursors are within. */
  low: string | number | undefined;
  high: string | number | undefined;
  /** DynamoDB rejects a range whose upper bound is less than its lower bound. */
  isEmpty: boolean;
  /** Whether a position is strictly between the cursors. */
  contains(key: Keyset): boolean;
  /** Whether a position is after the one at which the reading starts. */
  isBeyondStart(key: Keyset): boolean;
  /** Negative if the first position is read before the second. */
  compare(one: Keyset, other: Keyset): number;
}

export function readingRange({ order, isDescending = false, low, high }: ListPlan, request: PageRequest): ReadingRange {
  const { after, before, isBackward = false } = request;
  const isReverse = isDescending !== isBackward;
  const [least, greatest] = isDescending ? [before, after] : [after, before];
  const start = isReverse ? greatest : least;
  const bounds = {
    // A forged cursor must not widen the bounds of the list.
    low: greater(low, least && order.rangeStart(least)),
    high: lesser(high, greatest && order.rangeStart(greatest)),
  };
  const compare = (one: Keyset, other: Keyset) => (isReverse ? -1 : 1) * compareKeysets(one, other);
  return {
    ...bounds,
    isReverse,
    isEmpty: bounds.low !== undefined && bounds.high !== undefined && bounds.low > bounds.high,
    contains: (key) => (!least || compareKeysets(key, least) > 0) && (!greatest || compareKeysets(key, greatest) < 0),
    isBeyondStart: (key) => !start || compare(key, start) > 0,
    compare,
  };
}

type Bound = string | number | undefined;

function greater(one: Bound, other: Bound): Bound {
  return one !== undefined && (other === undefined || one > other) ? one : other;
}

function lesser(one: Bound, other: Bound): Bound {
  return one !== undefined && (other === undefined || one < other) ? one : other;
}
