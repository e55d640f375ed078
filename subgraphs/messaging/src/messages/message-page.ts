import { badInput } from '@marquee/chassis/errors/errors';
import { pageSize } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor, encodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import type { MessageConnection } from './message-model.js';
import type { ShownMessage } from './message-row.js';

/** The paging arguments of a client. */
export interface MessagePageRequest {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** The first and the last sequence of messages, inclusive. Empty if `to` is less than `from`. */
export interface SequenceRange {
  from: number;
  to: number;
}

const messageCursor = z.tuple([z.int().min(0)]);

/**
 * The range of a page among the messages that the caller can read: forward, the first messages after `after`; backward, the
 * last messages before `before`.
 * @throws BAD_USER_INPUT for an invalid size or cursor, and for `first` together with `last`
 */
export function sequenceRange(
  { first, after, last, before }: MessagePageRequest,
  visible: SequenceRange,
): SequenceRange {
  if (isGiven(first) && isGiven(last)) throw badInput({ path: 'last', message: 'cannot be combined with first' });
  const low = Math.max(isGiven(after) ? decodeCursor(after, messageCursor)[0] + 1 : 1, visible.from);
  const high = Math.min(isGiven(before) ? decodeBefore(before) - 1 : visible.to, visible.to);
  if (isGiven(last)) return { from: Math.max(low, high - lastSize(last) + 1), to: high };
  return { from: low, to: Math.min(high, low + pageSize(first) - 1) };
}

/** Builds a page of the visible messages. Sequences have no gaps, so both page flags follow from them. */
export function messageConnection(rows: readonly (ShownMessage | null)[], visible: SequenceRange): MessageConnection {
  const edges = rows.flatMap((node) => (node ? [{ cursor: encodeCursor([node.sequence]), node }] : []));
  const [first, last] = [edges.at(0), edges.at(-1)];
  return {
    edges,
    pageInfo: {
      hasPreviousPage: first !== undefined && first.node.sequence > visible.from,
      hasNextPage: last !== undefined && last.node.sequence < visible.to,
      startCursor: first?.cursor ?? null,
      endCursor: last?.cursor ?? null,
    },
  };
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}

function decodeBefore(before: string): number {
  try {
    return decodeCursor(before, messageCursor)[0];
  } catch {
    throw badInput({ path: 'before', message: `"${before.slice(0, 100)}" is not a cursor of this list` });
  }
}

function lastSize(last: number): number {
  if (last >= 1 && last <= 100) return last;
  throw badInput({ path: 'last', message: `must be between 1 and 100, it was ${last}` });
}
