import { forbidden, unauthenticated } from '../errors/errors.js';

export const roles = ['ADMIN', 'REVIEWER', 'HIRING_USER', 'FREELANCER'] as const;
export type Role = (typeof roles)[number];

/** Nobody: a request without a token. */
export interface Guest {
  kind: 'guest';
}

/** A person, as the users service knows them; role and id come from its store, never from a token. */
export interface UserCaller {
  kind: 'user';
  id: string;
  sub: string;
  role: Role;
  scopes: readonly string[];
}

/** A program with client credentials; its scopes say what it may do, never a role. Public things it reads like a guest. */
export interface MachineCaller {
  kind: 'machine';
  clientId: string;
  scopes: readonly string[];
}

/** The gateway asking for itself: it looks principals up. No client can become this. */
export interface GatewayCaller {
  kind: 'gateway';
}

/** Who asks. Match it exhaustively and end with `unknownCaller`. */
export type Caller = Guest | UserCaller | MachineCaller | GatewayCaller;

export const guest: Guest = { kind: 'guest' };

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for a machine client. */
export function requireUser(caller: Caller): UserCaller {
  switch (caller.kind) {
    case 'user':
      return caller;
    case 'guest':
      throw unauthenticated();
    case 'machine':
    case 'gateway':
      throw forbidden('Only a signed-in user can do this, not a machine client.');
    default:
      return rejectUnknownCaller(caller);
  }
}

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for anyone without one of the roles. */
export function requireRole(caller: Caller, ...allowed: Role[]): UserCaller {
  const user = requireUser(caller);
  if (allowed.includes(user.role)) return user;
  throw forbidden(`This needs the role ${allowed.join(' or ')}; yours is ${user.role}.`);
}

/** The end of an exhaustive match: a caller of a kind that the code does not know may do nothing. */
export function rejectUnknownCaller(caller: never): never {
  throw forbidden(`Unknown kind of caller: ${JSON.stringify((caller as { kind?: unknown }).kind)}.`);
}
