import { type Caller, unknownCaller } from '@marquee/chassis/identity/caller';
import type { DenialCode } from '../../engine/completion/client-operation.js';

/** What a caller must be to have a field: all of it. Of each list of lists, all names of one inner list. */
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

export function combineRequirements(one: Requirement, other: Requirement): Requirement {
  return {
    authenticated: one.authenticated || other.authenticated,
    scopes: [...one.scopes, ...other.scopes],
    policies: [...one.policies, ...other.policies],
  };
}

/** Why a caller does not meet a requirement; undefined when they do. */
export function denialOf({ authenticated, scopes, policies }: Requirement, caller: Caller): DenialCode | undefined {
  const isMet =
    (!authenticated || isAuthenticated(caller)) &&
    scopes.every((alternatives) => holds(alternatives, (scope) => scopesOf(caller).includes(scope))) &&
    policies.every((alternatives) => holds(alternatives, (policy) => isPolicyMet(policy, caller)));
  if (isMet) return undefined;
  return isAuthenticated(caller) ? 'FORBIDDEN' : 'UNAUTHENTICATED';
}

function holds(alternatives: Alternatives, isMet: (name: string) => boolean): boolean {
  return alternatives.some((names) => names.every(isMet));
}

/** What the names in `@policy` mean: `guest`, `user`, `machine`, `role:ADMIN`, `scope:shows.read`; nobody meets others. */
function isPolicyMet(policy: string, caller: Caller): boolean {
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
      return unknownCaller(caller);
  }
}
