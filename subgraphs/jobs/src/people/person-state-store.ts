import { forbidden, unauthenticated } from '@marquee/chassis/errors/errors';
import type { Role } from '@marquee/chassis/identity/caller';
import type { DataSource, EntityManager } from 'typeorm';
import { queryRows } from '../database/statements.js';

/** Kinds of changes of a person of which only the latest matters. */
export type PersonChangeKind = 'ACTIVATION' | 'ROLE';

export interface PersonChange {
  userId: string;
  kind: PersonChangeKind;
  /** When it happened (RFC 3339). */
  time: string;
  /** The role that the person has now; only of a change of the role. */
  role?: Role;
}

/**
 * Runs a write of a user in a transaction. It first makes a deletion of the account wait until the transaction ends: the
 * deletion then erases the written texts.
 * @throws UNAUTHENTICATED if the account is deleted. The gateway may not know it yet
 */
export function writeAs<Result>(
  source: DataSource,
  userId: string,
  write: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  return source.transaction(async (manager) => {
    if ((await holdState(manager, userId)) === 'DELETED') throw unauthenticated('This account is closed.');
    return write(manager);
  });
}

/** Waits for the writes of a person that are in flight, and keeps others waiting until the transaction ends. */
export async function lockPerson(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('select lock_person($1)', [userId]);
}

/**
 * Locks the person and records the change. Returns false if a later change of its kind was recorded before, and for a
 * deleted person: then the change is outdated.
 */
export async function recordChange(
  manager: EntityManager,
  { userId, kind, time, role }: PersonChange,
): Promise<boolean> {
  await lockPerson(manager, userId);
  if ((await holdState(manager, userId)) === 'DELETED') return false;
  return (await queryRows(manager, recordStatement, [userId, kind, time, role ?? null])).length > 0;
}

/**
 * Expects a transaction of `writeAs`. A change of the role is applied either before it, and known here, or after it.
 * @throws FORBIDDEN if the user is a freelancer since their latest change. The gateway may not know it yet
 */
export async function assertStillPoster(manager: EntityManager, userId: string): Promise<void> {
  const [change] = await queryRows<{ role: Role | null }>(manager, roleStatement, [userId]);
  if (change?.role === 'FREELANCER') throw forbidden('A freelancer cannot post jobs.');
}

const roleStatement = `
  select role from person_changes where user_id = $1 and kind = 'ROLE' and role_changed_at = changed_at`;

async function holdState(manager: EntityManager, userId: string): Promise<string | undefined> {
  const [row] = await queryRows<{ state: string }>(manager, 'select hold_person_state($1) as state', [userId]);
  return row?.state;
}

const recordStatement = `
  insert into person_changes (user_id, kind, changed_at, role, role_changed_at) values ($1, $2, $3, $4, $3)
  on conflict (user_id, kind) do update
    set changed_at = excluded.changed_at, role = excluded.role, role_changed_at = excluded.role_changed_at
    where person_changes.changed_at <= excluded.changed_at
  returning 1`;
