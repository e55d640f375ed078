import type { z } from 'zod';
import { badInput } from '../errors/errors.js';

/** The sort key of a row. Its last column is unique, so that no row is returned twice. */
export type Keyset = readonly (string | number | null)[];

/** Encodes a sort key as an opaque cursor. */
export function encodeCursor(keyset: Keyset): string {
  return Buffer.from(JSON.stringify(keyset)).toString('base64url');
}

/**
 * Decodes a cursor of `encodeCursor`.
 *
 * @param shape the schema of the sort key, such as `z.tuple([z.iso.datetime(), z.uuid()])`
 * @param path the argument that contains the cursor
 * @throws BAD_USER_INPUT with this path for any other text
 */
export function decodeCursor<Shape extends z.ZodType>(
  cursor: string,
  shape: Shape,
  path: 'after' | 'before' | 'cursor' = 'after',
): z.output<Shape> {
  const parsed = shape.safeParse(parseKeyset(cursor));
  if (parsed.success) return parsed.data;
  throw badInput({ path, message: `"${cursor.slice(0, 100)}" is not a cursor of this list` });
}

function parseKeyset(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
