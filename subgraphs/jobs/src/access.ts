import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireRole, type Caller, type Role, type UserCaller } from '@marquee/chassis/identity/caller';

// Staff are the users who work with freelancers: they hire, review or administer. Moderators are the staff who decide
// on profiles, jobs and portfolio assets.

const staffRoles: Role[] = ['HIRING_USER', 'REVIEWER', 'ADMIN'];
const moderatorRoles: Role[] = ['REVIEWER', 'ADMIN'];

/** Declares in the schema that a field is for staff. Its resolver calls `requireStaff`. */
export const ForStaff = Authorize('role:HIRING_USER', 'role:REVIEWER', 'role:ADMIN');

/** Declares in the schema that a field is for moderators. Its resolver calls `requireModerator`. */
export const ForModerators = Authorize('role:REVIEWER', 'role:ADMIN');

/** Declares in the schema that a field is for admins. Its resolver calls `requireAdmin`. */
export const ForAdmins = Authorize('role:ADMIN');

export function isStaff(caller: Caller): boolean {
  return caller.kind === 'user' && staffRoles.includes(caller.role);
}

export function isModerator(caller: Caller): boolean {
  return caller.kind === 'user' && moderatorRoles.includes(caller.role);
}

export function isAdmin(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'ADMIN';
}

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for a machine client or a freelancer */
export function requireStaff(caller: Caller): UserCaller {
  return requireRole(caller, ...staffRoles);
}

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for any other caller who is not a moderator */
export function requireModerator(caller: Caller): UserCaller {
  return requireRole(caller, ...moderatorRoles);
}

/** @throws UNAUTHENTICATED for a guest, FORBIDDEN for any other caller who is not an admin */
export function requireAdmin(caller: Caller): UserCaller {
  return requireRole(caller, 'ADMIN');
}
