import { forbidden, unauthenticated } from '../errors/errors.js';

export const roles = ['ADMIN', 'REVIEWER', 'HIRING_USER', 'FREELANCER'] as const;
export type Role = (typeof roles)[number];

/** A request without a token. */
export interface Guest {
  kind: 'guest';
}

/** A signed-in user. Role and id come from the users service, never from the token. */
export interface UserCaller {
  kind: 'user';
  id: string;
  sub: string;
  role: Role;
  scopes: readonly string[];
}

/** A program with client credentials. It is authorised by scopes only, and reads public data like a guest. */
export interface MachineCaller {
  kind: 'machine';
  clientId: string;
  scopes: readonly string[];
}

/** The gateway itself, which looks up users. No client can be this caller. */
export interface GatewayCaller {
  kind: 'gateway';
}

/** The caller of an operation. Match its kind exhaustively and end with `rejectUnknownCaller`. */
export type Caller = Guest | UserCaller | MachineCaller | GatewayCaller;

export const guest: Guest = { kind: 'guest' };

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for a machine client */
export function requireUser(caller: Caller): UserCaller {
  switch (caller.kind) {
    case 'user':
      return caller;
    case 'guest':
      throw unauthenticated();
    case 'machine':
    case 'gateway':
      throw forbidden('Only a signed-in user can do this, not a machine client.', ['user']);
    default:
      return rejectUnknownCaller(caller);
  }
}

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for any other caller without one of the roles */
export function requireRole(caller: Caller, ...allowed: Role[]): UserCaller {
  const user = requireUser(caller);
  if (allowed.includes(user.role)) return user;
  const requires = allowed.map((role) => `role:${role}`);
  throw forbidden(`This needs the role ${allowed.join(' or ')}; yours is ${user.role}.`, requires);
}

/** The last case of an exhaustive match: rejects callers of a kind that this version does not know. */
export function rejectUnknownCaller(caller: never): never {
  throw forbidden(`Unknown kind of caller: ${JSON.stringify((caller as { kind?: unknown }).kind)}.`);
}
