import { getOrCreate } from '../caching/memoize.js';
import { type Caller, rejectUnknownCaller } from './caller.js';

/**
 * Identifies a user or a client, whatever rights they have now: for rate limits and for limits of sockets. All guests
 * have the same key; limit those by address.
 */
export function subjectKey(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return `user ${caller.sub}`;
    case 'machine':
      return `machine ${caller.clientId}`;
    case 'guest':
    case 'gateway':
      return caller.kind;
    default:
      return rejectUnknownCaller(caller);
  }
}

/** Identifies the rights of a caller: the same for all callers of a kind with the same role and the same scopes. */
export function rightsKey(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return JSON.stringify([caller.role, ...caller.scopes.toSorted()]);
    case 'machine':
      return JSON.stringify(['machine', ...caller.scopes.toSorted()]);
    case 'guest':
    case 'gateway':
      return caller.kind;
    default:
      return rejectUnknownCaller(caller);
  }
}

/**
 * Identifies a caller together with their rights: two callers with the same key get the same response to the same
 * request. Computed once per caller object, since it is needed for every fetch.
 */
export function callerKey(caller: Caller): string {
  return getOrCreate(keys, caller, createKey);
}

const keys = new WeakMap<Caller, string>();

/** A user's id differs from the `sub` of the token, and changes when an account is deleted and created again. */
function createKey(caller: Caller): string {
  const id = caller.kind === 'user' ? ` ${caller.id}` : '';
  return `${subjectKey(caller)}${id} ${rightsKey(caller)}`;
}
