import { type Caller, rejectUnknownCaller } from '@marquee/chassis/identity/caller';
import type { DenialCode } from '../../engine/operation-context.js';

/**
 * The conditions for reading a field. Every element of `scopes` and of `policies` comes from one directive and must hold;
 * of its inner lists one suffices, with all of its names.
 */
export interface Requirement {
  authenticated: boolean;
  scopes: readonly Alternatives[];
  policies: readonly Alternatives[];
}

export type Alternatives = readonly (readonly string[])[];

export const unrestricted: Requirement = { authenticated: false, scopes: [], policies: [] };

export function isRestricted({ authenticated, scopes, policies }: Requirement): boolean {
  return authenticated || scopes.length > 0 || policies.length > 0;
}

/** Both requirements must be fulfilled. */
export function combineRequirements(one: Requirement, other: Requirement): Requirement {
  return {
    authenticated: one.authenticated || other.authenticated,
    scopes: [...one.scopes, ...other.scopes],
    policies: [...one.policies, ...other.policies],
  };
}

/** The error code for a caller that does not fulfil a requirement; undefined for one that does. */
export function denialOf({ authenticated, scopes, policies }: Requirement, caller: Caller): DenialCode | undefined {
  const isFulfilled =
    (!authenticated || isAuthenticated(caller)) &&
    scopes.every((alternatives) => holds(alternatives, (scope) => scopesOf(caller).includes(scope))) &&
    policies.every((alternatives) => holds(alternatives, (policy) => satisfiesPolicy(policy, caller)));
  if (isFulfilled) return undefined;
  return isAuthenticated(caller) ? 'FORBIDDEN' : 'UNAUTHENTICATED';
}

function holds(alternatives: Alternatives, isSatisfied: (name: string) => boolean): boolean {
  return alternatives.some((names) => names.every(isSatisfied));
}

/** Policies are `guest`, `user`, `machine`, `role:ADMIN` and `scope:shows.read`; no caller satisfies an unknown one. */
export function satisfiesPolicy(policy: string, caller: Caller): boolean {
  const [kind, name = ''] = split(policy);
  switch (kind) {
    case 'guest':
    case 'user':
    case 'machine':
      return name === '' && caller.kind === kind;
    case 'role':
      return caller.kind === 'user' && caller.role === name;
    case 'scope':
      return scopesOf(caller).includes(name);
    default:
      return false;
  }
}

function split(policy: string): [string, string?] {
  const at = policy.indexOf(':');
  return at < 0 ? [policy] : [policy.slice(0, at), policy.slice(at + 1)];
}

function isAuthenticated({ kind }: Caller): boolean {
  return kind === 'user' || kind === 'machine';
}

function scopesOf(caller: Caller): readonly string[] {
  switch (caller.kind) {
    case 'user':
    case 'machine':
      return caller.scopes;
    case 'guest':
    case 'gateway':
      return [];
    default:
      return rejectUnknownCaller(caller);
  }
}
