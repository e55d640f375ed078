import { badInput } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type Role } from '@marquee/chassis/identity/caller';
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

/** Roles are visible only to admins. @throws UNAUTHENTICATED or FORBIDDEN for others who filter by role */
export function mayFilterByRole(caller: Caller, role: Role | null | undefined): void {
  if (role !== undefined && role !== null) requireRole(caller, 'ADMIN');
}

/** Deactivated users are hidden. Admins see them, because they need to find them to activate them again. */
export function maySeeDeactivated(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'ADMIN';
}

/** Email, role and last visit are visible only to the user and to admins. */
export function maySeeAccount(caller: Caller, userId: string): boolean {
  return caller.kind === 'user' && (caller.id === userId || caller.role === 'ADMIN');
}
