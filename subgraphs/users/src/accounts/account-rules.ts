import { conflict, forbidden, notFound } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type Role, type UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';

/** How a change that only admins make can end. */
export type AccountChangeResult = 'done' | 'absent' | 'last admin';

const search = text(0, 100);

export function mustBeAdmin(caller: Caller): UserCaller {
  return requireRole(caller, 'ADMIN');
}

/** @throws FORBIDDEN for one's own account: who locks themselves out cannot undo it */
export function mustNotBeSelf(caller: UserCaller, userId: string): void {
  if (caller.id === userId) throw forbidden('You cannot activate or deactivate your own account.');
}

/** @throws NOT_FOUND, or CONFLICT when nobody would be left to administer */
export function mustHaveChanged(outcome: AccountChangeResult, userId: string): void {
  if (outcome === 'absent') throw notFound('user', userId);
  if (outcome === 'last admin')
    throw conflict(`User "${userId}" is the last active admin: make somebody else an admin first.`);
}

/** Who has which role is for admins to know. */
export function mayFilterByRole(caller: Caller, role: Role | null | undefined): void {
  if (role !== undefined && role !== null) requireRole(caller, 'ADMIN');
}

/** Deactivated people are out of sight, but admins have to find them again. */
export function maySeeDeactivated(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'ADMIN';
}

/** An email, a role and a last visit are for the user and for admins. */
export function maySeeAccount(caller: Caller, userId: string): boolean {
  return caller.kind === 'user' && (caller.id === userId || caller.role === 'ADMIN');
}

/** What is searched for, or null; @throws BAD_USER_INPUT when it is longer than 100 characters */
export function parseUserSearch(value: string | null | undefined): string | null {
  return validateInput(search, value ?? '', 'search') || null;
}
