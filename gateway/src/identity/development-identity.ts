import { type Role, roles } from '@marquee/chassis/identity/caller';
import type { Credentials } from './identity.js';
import type { Person } from './principals.js';
import { headerMalformed } from '../admission/refusals.js';

/** The headers that name a caller where no issuer is at hand. They count with DEV_IDENTITY=true only. */
export const developmentHeaders = ['x-dev-user-id', 'x-dev-role', 'x-dev-email'] as const;

/**
 * Who the development headers name; undefined when there are none.
 * @throws BAD_USER_INPUT when they say something that cannot be
 */
export function developmentPerson(presented: Credentials): Person | undefined {
  const [sub, role, email] = developmentHeaders.map(presented);
  if (sub === undefined && role === undefined && email === undefined) return undefined;
  if (!sub) throw headerMalformed('X-Dev-User-Id', 'is missing; it names the user that the other headers describe');
  if (sub.length > 128) throw headerMalformed('X-Dev-User-Id', 'must be at most 128 characters');
  return { sub, email, role: roleNamed(role) };
}

function roleNamed(name: string | undefined): Role | undefined {
  if (name === undefined) return undefined;
  const role = roles.find((known) => known === name);
  if (role === undefined) throw headerMalformed('X-Dev-Role', `must be one of ${roles.join(', ')}`);
  return role;
}
