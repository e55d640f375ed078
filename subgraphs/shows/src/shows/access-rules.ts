import { forbidden } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { type Caller, requireRole, rejectUnknownCaller } from '@marquee/chassis/identity/caller';

/** The callers that `mayRead` allows. */
export const ForReaders = Authorize('guest', 'user', 'scope:shows.read');

/** The callers that `mayWrite` allows. */
export const ForWriters = Authorize('role:ADMIN', ['machine', 'scope:shows.write']);

/** The type itself is also for writers without read access, since mutations return the show. */
export const ForReadersAndWriters = Authorize('guest', 'user', 'scope:shows.read', 'scope:shows.write');

/**
 * Guests and signed-in users may read; a machine client needs the scope `shows.read`.
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
      throw forbidden('The gateway itself may not read shows.');
    default:
      rejectUnknownCaller(caller);
  }
}

/**
 * Admins may write, and machine clients with the scope `shows.write`. Returns the id of the user, null for a machine.
 * @throws UNAUTHENTICATED for a guest, FORBIDDEN for any other caller
 */
export function mayWrite(caller: Caller): string | null {
  if (caller.kind !== 'machine') return requireRole(caller, 'ADMIN').id;
  requireScope(caller.scopes, 'shows.write');
  return null;
}

function requireScope(scopes: readonly string[], scope: string): void {
  if (scopes.includes(scope)) return;
  throw forbidden(`This requires the scope ${scope}; the token has ${scopes.join(' ') || 'none'}.`, [`scope:${scope}`]);
}
