import { badInput, conflict, forbidden, notFound, unauthenticated } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import type { User } from '../people/user-model.js';
import { noLongerAdmin } from './stored-role.js';

/** The outcome of a change of an account. */
export type AccountChangeResult =
  'changed' | 'unchanged' | 'not found' | 'last admin' | 'no longer admin' | 'caller closed';

/**
 * Checks the signed role, which may be some seconds old: every change checks the stored role again in its transaction.
 * @throws UNAUTHENTICATED or FORBIDDEN
 */
export function mustBeAdmin(caller: Caller): UserCaller {
  return requireRole(caller, 'ADMIN');
}

/** @throws FORBIDDEN for the caller's own account: an admin who deactivates themselves could not undo it */
export function mustNotBeSelf(caller: UserCaller, userId: string): void {
  if (caller.id === userId.toLowerCase()) throw forbidden('You cannot activate or deactivate your own account.');
}

/**
 * @param path of the id in the input, if it is there
 * @throws NOT_FOUND, CONFLICT if no active admin would remain, UNAUTHENTICATED or FORBIDDEN if the caller is no longer
 * an admin
 */
export function mustHaveChanged(result: AccountChangeResult, userId: string, path?: string): void {
  if (result === 'caller closed') throw accountClosed();
  if (result === 'no longer admin') throw noLongerAdmin();
  if (result === 'not found') throw notFound('user', userId);
  if (result === 'last admin')
    throw conflict(
      `User "${userId}" is the last active admin: make another user an admin first.`,
      ...(path ? [path] : []),
    );
}

/**
 * Returns the user if the account is open. A signed caller stays valid for some seconds after the account was closed;
 * this check keeps such a caller from writing.
 * @throws UNAUTHENTICATED
 */
export function requireOpenAccount(user: User | null): User {
  if (user?.isActive) return user;
  throw accountClosed();
}

export function accountClosed(): Error {
  return unauthenticated('This account is closed.');
}

/** @throws BAD_USER_INPUT if a handle is given that is not the user's own */
export function mustConfirm(user: User, confirmHandle: string | null | undefined): void {
  if (confirmHandle === undefined || confirmHandle === null || confirmHandle === user.handle) return;
  throw badInput({ path: 'input.confirmHandle', message: `must be your own handle, which is "${user.handle}"` });
}
