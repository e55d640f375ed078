import type { Role } from '@marquee/chassis/identity/caller';
import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import { beginErasure } from '../erasure/erasure-store.js';
import { addNotifications } from '../notifications/new-notifications.js';
import { NotificationKind, type Occasion } from '../notifications/notification-kinds.js';
import { erased, tombstoneHandle } from '../people/tombstone.js';
import { User } from '../people/user-model.js';
import { eraseTraces } from './account-erasure.js';
import type { AccountChangeResult } from './account-rules.js';

/**
 * Changes roles and accounts. Every change first locks the rows of all active admins and checks in the same transaction
 * that the caller is one of them, and that one remains: an admin who was just demoted or deactivated changes nothing, and
 * of two admins who remove each other concurrently only the first does.
 */
export function accountStore(source: DataSource) {
  return { setRole, setActive, setVerified, close };

  function setRole(adminId: string, userId: string, role: Role): Promise<AccountChangeResult> {
    const removesAdmin = role !== 'ADMIN';
    return administer(source, adminId, userId, { removesAdmin, occasion: `ROLE_${role}` }, { role });
  }

  function setActive(adminId: string, userId: string, isActive: boolean): Promise<AccountChangeResult> {
    return administer(source, adminId, userId, { removesAdmin: !isActive, occasion: null }, { isActive });
  }

  function setVerified(adminId: string, userId: string, verified: boolean): Promise<AccountChangeResult> {
    const occasion = verified ? 'VERIFIED' : null;
    return administer(source, adminId, userId, { removesAdmin: false, occasion }, { verified });
  }

  /** Keeps the row for references to the user, and the subject so that the account cannot be created again. */
  async function close(userId: string): Promise<ClosedAccount> {
    let activityIds: readonly string[] = [];
    const result = await withAdmins(source, async (manager, admins) => {
      if (isLast(admins, userId)) return 'last admin';
      if (!(await lockOpenAccount(manager, userId))) return 'not found';
      const traces = await eraseTraces(manager, userId);
      ({ activityIds } = traces);
      await beginErasure(manager, userId, { ...traces, counts: { profiles: 1, ...traces.counts } });
      return updateUser(manager, userId, { ...erased, handle: tombstoneHandle(userId), deletedAt: new Date() });
    });
    return { result, activityIds };
  }
}

/** The result of closing an account. */
export interface ClosedAccount {
  result: AccountChangeResult;
  /** The activities that this changed, the newest first. Others may be left to the erasure worker. */
  activityIds: readonly string[];
}

function administer(
  source: DataSource,
  adminId: string,
  userId: string,
  { removesAdmin, occasion }: { removesAdmin: boolean; occasion: Occasion | null },
  changes: Partial<User>,
): Promise<AccountChangeResult> {
  return withAdmins(source, async (manager, admins) => {
    if (!admins.includes(adminId)) return (await isOpen(manager, adminId)) ? 'no longer admin' : 'caller closed';
    if (removesAdmin && isLast(admins, userId)) return 'last admin';
    const isNew = await wouldChange(manager, userId, changes);
    const result = await updateUser(manager, userId, changes);
    if (result === 'changed' && !isNew) return 'unchanged';
    if (isNew && occasion !== null) await notifyOfChange(manager, userId, occasion);
    return result;
  });
}

async function wouldChange(manager: EntityManager, userId: string, changes: Partial<User>): Promise<boolean> {
  const user = validate(userId) ? await manager.findOneBy(User, { id: userId, deletedAt: IsNull() }) : null;
  return user !== null && Object.entries(changes).some(([name, value]) => user[name as keyof User] !== value);
}

async function notifyOfChange(manager: EntityManager, userId: string, occasion: Occasion): Promise<void> {
  const notification = { userId: userId.toLowerCase(), actorId: null, kind: NotificationKind.SYSTEM, subject: null };
  await addNotifications(manager, [{ ...notification, occasion, at: new Date() }]);
}

/** @param change receives the ids of the active admins; their rows are locked until it ends */
function withAdmins(
  source: DataSource,
  change: (manager: EntityManager, admins: readonly string[]) => Promise<AccountChangeResult>,
): Promise<AccountChangeResult> {
  return source.transaction(async (manager) => {
    const admins = await queryRows<{ id: string }>(manager, lockAdmins);
    return change(
      manager,
      admins.map(({ id }) => id),
    );
  });
}

/** Not `for update`, which would also wait for replies and likes of the admins. */
const lockAdmins = `select id from users where role = 'ADMIN' and is_active order by id for no key update`;

/**
 * Waits for the writes of the user that are in flight, and keeps others waiting: they lock the same row first
 * (`activities/writer.ts`), and then find the account closed.
 */
async function lockOpenAccount(manager: EntityManager, userId: string): Promise<boolean> {
  if (!validate(userId)) return false;
  const statement = 'select id from users where id = $1 and deleted_at is null for update';
  return (await queryRows(manager, statement, [userId])).length > 0;
}

function isLast(admins: readonly string[], userId: string): boolean {
  return admins.length === 1 && admins[0] === userId.toLowerCase();
}

async function isOpen(manager: EntityManager, userId: string): Promise<boolean> {
  return validate(userId) && manager.existsBy(User, { id: userId, isActive: true });
}

async function updateUser(
  manager: EntityManager,
  userId: string,
  changes: Partial<User>,
): Promise<AccountChangeResult> {
  if (!validate(userId)) return 'not found';
  const { affected } = await manager.update(User, { id: userId, deletedAt: IsNull() }, changes);
  return affected === 0 ? 'not found' : 'changed';
}
