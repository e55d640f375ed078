import { type Role, roles } from '@marquee/chassis/identity/caller';
import { headerMalformed } from '../admission/caller-refusals.js';
import type { Credentials } from './identity.js';
import type { Person } from './principal-lookups.js';

/** Headers that identify a caller without a token issuer, for development. Read only with DEV_IDENTITY=true. */
export const developmentHeaders = ['x-dev-user-id', 'x-dev-role', 'x-dev-email'] as const;

/**
 * The person in the development headers; undefined without these headers.
 * @throws BAD_USER_INPUT if a value is invalid
 */
export function developmentPerson(credentials: Credentials): Person | undefined {
  const [sub, role, email] = developmentHeaders.map(credentials);
  if (sub === undefined && role === undefined && email === undefined) return undefined;
  if (!sub) throw headerMalformed('X-Dev-User-Id', 'expected a user id, because another X-Dev header is present');
  if (sub.length > 128) throw headerMalformed('X-Dev-User-Id', `expected at most 128 characters, got ${sub.length}`);
  return { sub, email, role: parseRole(role) };
}

function parseRole(name: string | undefined): Role | undefined {
  if (name === undefined) return undefined;
  const role = roles.find((known) => known === name);
  if (role === undefined) throw headerMalformed('X-Dev-Role', `expected one of ${roles.join(', ')}`);
  return role;
}
