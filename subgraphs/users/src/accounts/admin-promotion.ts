import { openPostgres } from '@marquee/chassis/postgres/open-database';
import type { PromotionSettings } from '../config.js';
import { queryRows } from '../database/statements.js';

interface Candidate {
  id: string;
  handle: string;
  role: string;
  isActive: boolean;
}

/**
 * Makes the user with this email or subject an admin and returns a report. Applies no migrations and creates no user.
 * @throws if no user or more than one matches, and if the account is deactivated
 */
export async function promoteAdmin(settings: PromotionSettings, emailOrSub: string): Promise<string> {
  const { source, close } = await openPostgres({ ...settings, DATABASE_POOL: 1 }, { entities: [] });
  try {
    const candidates = await queryRows<Candidate>(source, candidatesStatement, [emailOrSub.trim()]);
    const user = requireOne(candidates, emailOrSub);
    if (user.role === 'ADMIN') return `${user.handle} (${user.id}) is already an admin.`;
    await source.query(`update users set role = 'ADMIN' where id = $1`, [user.id]);
    return `${user.handle} (${user.id}) is now an admin; previous role: ${user.role}.`;
  } finally {
    await close();
  }
}

const candidatesStatement = `
  select id, handle, role, is_active as "isActive" from users
  where deleted_at is null and (sub = $1 or lower(email) = lower($1)) order by id limit 10`;

function requireOne(candidates: readonly Candidate[], emailOrSub: string): Candidate {
  const [user, ...others] = candidates;
  if (!user) throw new Error(`No user has the email or sub "${emailOrSub}". A user exists after the first sign-in.`);
  if (others.length > 0)
    throw new Error(`More than one user has the email "${emailOrSub}": use the sub. ${listHandles(candidates)}`);
  if (!user.isActive) throw new Error(`${user.handle} is deactivated: activate the account first.`);
  return user;
}

function listHandles(candidates: readonly Candidate[]): string {
  return `They are ${candidates.map(({ handle, id }) => `${handle} (${id})`).join(', ')}.`;
}
