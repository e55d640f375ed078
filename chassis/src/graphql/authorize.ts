import { Directive } from 'type-graphql';
import type { Role } from '../identity/caller.js';

/** A policy that the gateway evaluates against the caller: a kind of caller, a role or a scope. */
export type AccessPolicy = 'guest' | 'user' | 'machine' | `role:${Role}` | `scope:${string}`;

/**
 * Restricts a field, or a type and all fields that return it, to callers that satisfy one of the alternatives. An
 * alternative that is a list requires all of its policies. The gateway rejects other callers before it sends a fetch; the
 * resolver checks again and is authoritative. Rules that depend on data (owners, participants) belong in resolvers only.
 */
export function Authorize(
  ...alternatives: (AccessPolicy | readonly AccessPolicy[])[]
): MethodDecorator & PropertyDecorator & ClassDecorator {
  const policies = alternatives.map((alternative) => (typeof alternative === 'string' ? [alternative] : alternative));
  return Directive(`@policy(policies: ${JSON.stringify(policies)})`);
}
