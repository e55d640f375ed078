import type { z } from 'zod';
import { badInput } from '../errors/errors.js';

/** The sort key of a row, in the order of its columns. It ends with a unique column, so that no row is met twice. */
export type Keyset = readonly (string | number | null)[];

/** Makes a keyset opaque. */
export function encodeCursor(keyset: Keyset): string {
  return Buffer.from(JSON.stringify(keyset)).toString('base64url');
}

/**
 * Opens a cursor that `encodeCursor` made.
 *
 * @param shape what the keyset must hold, for instance `z.tuple([z.iso.datetime(), z.uuid()])`
 * @throws BAD_USER_INPUT at `after` when it is anything else
 */
export function decodeCursor<Shape extends z.ZodType>(cursor: string, shape: Shape): z.output<Shape> {
  const parsed = shape.safeParse(parse(cursor));
  if (parsed.success) return parsed.data;
  throw badInput({ path: 'after', message: `"${cursor.slice(0, 100)}" is not a cursor of this list` });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
