import { forbidden } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { type Caller, requireRole, rejectUnknownCaller } from '@marquee/chassis/identity/caller';

/** As `mayRead`. */
export const ForReaders = Authorize('guest', 'user', 'scope:shows.read');

/** As `mayWrite`. */
export const ForWriters = Authorize('role:ADMIN', ['machine', 'scope:shows.write']);

/** Who writes shows is told of what they wrote, so a show as such is for readers and for writers. */
export const ForReadersAndWriters = Authorize('guest', 'user', 'scope:shows.read', 'scope:shows.write');

/**
 * Guests and signed-in users read; a machine client needs `shows.read`.
 * @throws FORBIDDEN
 */
export function mayRead(caller: Caller): void {
  switch (caller.kind) {
    case 'guest':
    case 'user':
      return;
    case 'machine':
      return requireScope(caller.scopes, 'shows.read');
    case 'gateway':
      throw forbidden('The gateway reads no shows for itself.');
    default:
      rejectUnknownCaller(caller);
  }
}

/**
 * ADMINs write, and machine clients with `shows.write`. Answers the id of the user who writes, null for a machine.
 * @throws UNAUTHENTICATED for a guest, FORBIDDEN for anyone else
 */
export function mayWrite(caller: Caller): string | null {
  if (caller.kind !== 'machine') return requireRole(caller, 'ADMIN').id;
  requireScope(caller.scopes, 'shows.write');
  return null;
}

function requireScope(scopes: readonly string[], scope: string): void {
  if (scopes.includes(scope)) return;
  throw forbidden(`This needs the scope ${scope}; the token has ${scopes.join(' ') || 'none'}.`);
}
