import { forbidden } from '@marquee/chassis/errors/errors';
import { requireRole } from '@marquee/chassis/identity/caller';
import type { UsersContext } from '../context.js';

/**
 * Whether the caller is an active admin according to the stored role. The role that the gateway signs may be some seconds
 * old; it saves other callers the lookup.
 */
export async function isAdmin({ caller, loaders }: UsersContext): Promise<boolean> {
  if (caller.kind !== 'user' || caller.role !== 'ADMIN') return false;
  const stored = await loaders.account.load(caller.id);
  return stored !== null && stored.isActive && stored.role === 'ADMIN';
}

/** @throws UNAUTHENTICATED or FORBIDDEN unless the caller is an admin */
export async function requireAdmin(context: UsersContext): Promise<void> {
  requireRole(context.caller, 'ADMIN');
  if (!(await isAdmin(context))) throw noLongerAdmin();
}

export function noLongerAdmin(): Error {
  return forbidden('You are no longer an admin.', ['role:ADMIN']);
}
