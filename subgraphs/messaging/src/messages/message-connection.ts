import { encodeCursor } from '@marquee/chassis/paging/cursor';
import type { MessageConnection } from './message-model.js';
import type { MessageRow } from '../conversations/conversation-row.js';

/** A page of the messages 1 to `lastSequence`: what lies before and behind it follows from the numbers. */
export function messageConnection(rows: readonly (MessageRow | null)[], lastSequence: number): MessageConnection {
  const edges = rows.flatMap((node) => (node ? [{ cursor: encodeCursor([node.sequence]), node }] : []));
  const [first, last] = [edges.at(0), edges.at(-1)];
  return {
    edges,
    pageInfo: {
      hasPreviousPage: first !== undefined && first.node.sequence > 1,
      hasNextPage: last !== undefined && last.node.sequence < lastSequence,
      startCursor: first?.cursor ?? null,
      endCursor: last?.cursor ?? null,
    },
  };
}
