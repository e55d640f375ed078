import { badInput } from '../errors/errors.js';

/**
 * Validates the position after which a stream starts; null to start with the next event.
 * @throws BAD_USER_INPUT for a negative position
 */
export function parseAfter(after: number | null | undefined): number | null {
  if ((after ?? 0) >= 0) return after ?? null;
  throw badInput({ path: 'after', message: `must not be negative, it was ${after}` });
}
