import { For } from '@marquee/chassis/graphql/rights';
import { requireRole, type Caller, type Role, type UserCaller } from '@marquee/chassis/identity/caller';

/** Who judges profiles, jobs and pieces of work: `mustBeModerator`. */
export const ForModerators = For('role:REVIEWER', 'role:ADMIN');

/** Who hires or judges: `mustBeInternal`, and for jobs `mustBePosting`. */
export const ForHouse = For('role:HIRING_USER', 'role:REVIEWER', 'role:ADMIN');

/** The roles of the house: they hire, review or administer. */
const internalRoles: Role[] = ['HIRING_USER', 'REVIEWER', 'ADMIN'];

/** Whether the caller sees what is internal to the house. */
export function isInternal(caller: Caller): boolean {
  return caller.kind === 'user' && internalRoles.includes(caller.role);
}

/** @throws UNAUTHENTICATED or FORBIDDEN for anyone who does not work for the house */
export function mustBeInternal(caller: Caller): UserCaller {
  return requireRole(caller, ...internalRoles);
}

/** Whether the caller decides about profiles. */
export function isModerator(caller: Caller): boolean {
  return caller.kind === 'user' && (caller.role === 'REVIEWER' || caller.role === 'ADMIN');
}

/** @throws UNAUTHENTICATED or FORBIDDEN for anyone who does not decide about profiles */
export function mustBeModerator(caller: Caller): UserCaller {
  return requireRole(caller, 'REVIEWER', 'ADMIN');
}
