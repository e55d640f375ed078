import { Directive } from 'type-graphql';
import type { Role } from '../identity/caller.js';

/** One thing that a caller can be, or have: a kind, a role, a scope. */
export type AccessPolicy = 'guest' | 'user' | 'machine' | `role:${Role}` | `scope:${string}`;

/**
 * Marks who may have a field, or the fields of a type and those that lead to it: whoever is one of these, or, of a list
 * among them, all of it. The gateway refuses anyone else before it asks a service; the resolver decides for itself and
 * has the last word. What depends on data (owners, participants) is for resolvers alone.
 */
export function Authorize(
  ...alternatives: (AccessPolicy | readonly AccessPolicy[])[]
): MethodDecorator & PropertyDecorator & ClassDecorator {
  const policies = alternatives.map((one) => (typeof one === 'string' ? [one] : one));
  return Directive(`@policy(policies: ${JSON.stringify(policies)})`);
}
