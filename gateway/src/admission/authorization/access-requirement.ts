import { type Caller, rejectUnknownCaller } from '@marquee/chassis/identity/caller';
import type { Denial, DenialCode } from '../../engine/operation-context.js';

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
export function denialOf(requirement: Requirement, caller: Caller): DenialCode | undefined {
  return explainDenial(requirement, caller)?.code;
}

/** Why a caller does not fulfil a requirement; undefined for one that does. */
export function explainDenial(requirement: Requirement, caller: Caller): Denial | undefined {
  const unmet = conditionsOf(requirement).find((alternatives) => !holds(alternatives, caller));
  if (!unmet) return undefined;
  const requires = unmet.map((names) => names.join(' and '));
  const needed = listed(unmet.map((names) => names.map(describePolicy).join(' and ')));
  return isAuthenticated(caller)
    ? { code: 'FORBIDDEN', message: `You may not do this: it needs ${needed}.`, requires }
    : { code: 'UNAUTHENTICATED', message: `Sign in first: this needs ${needed}.`, requires };
}

/** All of the conditions must hold. */
function conditionsOf({ authenticated, scopes, policies }: Requirement): Alternatives[] {
  const ofScopes = scopes.map((alternatives) => alternatives.map((names) => names.map((name) => `scope:${name}`)));
  return [...(authenticated ? [[['user'], ['machine']]] : []), ...ofScopes, ...policies];
}

function holds(alternatives: Alternatives, caller: Caller): boolean {
  return alternatives.some((names) => names.every((policy) => satisfiesPolicy(policy, caller)));
}

function describePolicy(policy: string): string {
  const [kind, name = ''] = split(policy);
  return policyNouns[kind]?.(name) ?? `the policy ${policy}`;
}

const policyNouns: Readonly<Record<string, (name: string) => string>> = {
  guest: () => 'no token',
  user: () => 'a signed-in user',
  machine: () => 'a machine client',
  role: (name) => `the role ${name}`,
  scope: (name) => `the scope ${name}`,
};

/** @returns `a, b or c`; a directive whose argument cannot be read has no alternatives */
function listed(alternatives: readonly string[]): string {
  if (alternatives.length <= 1) return alternatives[0] ?? 'a right that no caller has';
  return `${alternatives.slice(0, -1).join(', ')} or ${alternatives.at(-1)}`;
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
