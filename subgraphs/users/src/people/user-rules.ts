import { badInput } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { text, validateInput } from '@marquee/chassis/input/text';

const search = text(0, 100);

/** The key by which a client asks for a user. */
export type UserKey = { id: string } | { id: null; handle: string };

/** @throws BAD_USER_INPUT unless exactly one of id and handle is given */
export function parseUserKey(id: string | null, handle: string | null): UserKey {
  if (id !== null && handle === null) return { id };
  if (id === null && handle !== null) return { id, handle: handle.toLowerCase() };
  throw badInput({ path: 'id', message: 'give exactly one of id and handle' });
}

/** Returns the search text; null if it is blank. @throws BAD_USER_INPUT for more than 100 characters */
export function parseUserSearch(value: string | null | undefined): string | null {
  return validateInput(search, value ?? '', 'search') || null;
}

/** Email, role and last visit are visible only to the user and to admins. */
export function isSelf(caller: Caller, userId: string): boolean {
  return caller.kind === 'user' && caller.id === userId;
}
