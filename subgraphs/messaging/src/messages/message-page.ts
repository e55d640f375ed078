import { type PageArgs, parsePage } from '@marquee/chassis/paging/relay-connection';
import { encodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import type { MessageConnection } from './message-model.js';
import type { ShownMessage } from './message-row.js';

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
export function sequenceRange(args: PageArgs, visible: SequenceRange): SequenceRange {
  const { limit, after, before, isBackward } = parsePage(args, messageCursor);
  const low = Math.max(after ? after[0] + 1 : 1, visible.from);
  const high = Math.min(before ? before[0] - 1 : visible.to, visible.to);
  const size = limit - 1;
  return isBackward
    ? { from: Math.max(low, high - size + 1), to: high }
    : { from: low, to: Math.min(high, low + size - 1) };
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
