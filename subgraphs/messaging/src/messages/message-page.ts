import { badInput } from '@marquee/chassis/errors/errors';
import { pageSize } from '@marquee/chassis/paging/connection';
import { decodeCursor } from '@marquee/chassis/paging/cursor';
import { z } from 'zod';

/** What a client says of a page of messages. */
export interface MessagePageRequest {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** The sequences of a page, both included; it is empty when `to` is below `from`. */
export interface SequenceRange {
  from: number;
  to: number;
}

const messageCursor = z.tuple([z.int().min(0)]);

/**
 * The page that is asked for among the sequences 1 to `lastSequence`: forwards the first behind `after`, backwards the
 * last before `before`.
 * @throws BAD_USER_INPUT
 */
export function sequenceRange({ first, after, last, before }: MessagePageRequest, lastSequence: number): SequenceRange {
  if (isGiven(first) && isGiven(last)) throw badInput({ path: 'last', message: 'cannot go together with first' });
  const low = isGiven(after) ? decodeCursor(after, messageCursor)[0] + 1 : 1;
  const high = Math.min(isGiven(before) ? decodeBefore(before) - 1 : lastSequence, lastSequence);
  if (isGiven(last)) return { from: Math.max(low, high - lastSize(last) + 1), to: high };
  return { from: low, to: Math.min(high, low + pageSize(first) - 1) };
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
