import { decodeCursor, encodeCursor, type Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import type { ListPlan } from './list-plan.js';

/** The last element of the cursors of a descending list, which are positions in the reverse order. */
const descending = 'DESC';

export function encodePosition({ isDescending }: ListPlan, position: Keyset): string {
  return encodeCursor(isDescending ? [...position, descending] : position);
}

/** @throws BAD_USER_INPUT for a cursor that is not from a list in the order of the plan */
export function decodePosition(
  { order, isDescending }: ListPlan,
  cursor: string | null | undefined,
  path: 'after' | 'before',
): Keyset | undefined {
  if (!cursor) return undefined;
  if (!isDescending) return decodeCursor(cursor, order.cursor, path);
  const marked = z
    .array(z.unknown())
    .refine((position) => position.at(-1) === descending)
    .transform((position) => position.slice(0, -1))
    .transform((position, context) => {
      const parsed = order.cursor.safeParse(position);
      if (parsed.success) return parsed.data;
      context.addIssue('not a position');
      return z.NEVER;
    });
  return decodeCursor(cursor, marked, path);
}
