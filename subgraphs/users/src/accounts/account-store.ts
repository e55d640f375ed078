import type { Role } from '@marquee/chassis/identity/caller';
import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import { Notification } from '../notifications/notification-model.js';
import { User } from '../people/user-model.js';
import type { AccountChangeResult } from './account-rules.js';

/** Changes roles and accounts. A change that could remove the last active admin first locks the rows of all admins. */
export function accountStore(source: DataSource) {
  return { setRole, setActive, setVerified, close };

  async function setRole(userId: string, role: Role): Promise<AccountChangeResult> {
    return role === 'ADMIN'
      ? updateUser(source.manager, userId, { role })
      : unlessLastAdmin(source, userId, (manager) => updateUser(manager, userId, { role }));
  }

  async function setActive(userId: string, isActive: boolean): Promise<AccountChangeResult> {
    return isActive
      ? updateUser(source.manager, userId, { isActive })
      : unlessLastAdmin(source, userId, (manager) => updateUser(manager, userId, { isActive }));
  }

  async function setVerified(userId: string, verified: boolean): Promise<AccountChangeResult> {
    return updateUser(source.manager, userId, { verified });
  }

  /** Keeps the row as the author of the user's activities, and the subject so that the account cannot be created again. */
  async function close(userId: string): Promise<AccountChangeResult> {
    return unlessLastAdmin(source, userId, async (manager) => {
      await manager.delete(Notification, { userId });
      return updateUser(manager, userId, { ...erased, handle: tombstoneHandle(userId), deletedAt: new Date() });
    });
  }
}

/** Two admins who remove each other concurrently wait for the lock here; the second one is then the last. */
async function unlessLastAdmin(
  source: DataSource,
  userId: string,
  change: (manager: EntityManager) => Promise<AccountChangeResult>,
): Promise<AccountChangeResult> {
  return source.transaction(async (manager) => {
    const admins = await queryRows<{ id: string }>(manager, lockAdmins);
    const isLast = admins.length === 1 && admins[0]?.id === userId;
    return isLast ? 'last admin' : change(manager);
  });
}

const lockAdmins = `select id from users where role = 'ADMIN' and is_active order by id for update`;

/** The values of a user after the account was deleted. */
const erased: Partial<User> = {
  email: null,
  displayName: 'deleted user',
  foldedName: '',
  bio: null,
  pronouns: null,
  location: null,
  links: [],
  avatarId: null,
  coverId: null,
  verified: false,
  role: 'FREELANCER',
  isActive: false,
  lastSeenAt: null,
};

async function updateUser(
  manager: EntityManager,
  userId: string,
  changes: Partial<User>,
): Promise<AccountChangeResult> {
  if (!validate(userId)) return 'not found';
  const { affected } = await manager.update(User, { id: userId, deletedAt: IsNull() }, changes);
  return affected === 0 ? 'not found' : 'changed';
}

/** A reserved handle with the end of the id, which is its random part. */
function tombstoneHandle(userId: string): string {
  return `deleted_${userId.replaceAll('-', '').slice(-20)}`;
}
