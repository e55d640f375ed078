import type { Role } from '@marquee/chassis/identity/caller';
import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { validate } from 'uuid';
import { Notification } from '../notifications/notification-model.js';
import { User } from '../people/user-model.js';
import type { AccountChangeResult } from './account-rules.js';
import { rows } from '../database/statements.js';

/** Changes what people may do. There is always an active admin left: who could end that locks all admins first. */
export function accountStore(source: DataSource) {
  return { setRole, setActive, setVerified, closeAccount };

  async function setRole(userId: string, role: Role): Promise<AccountChangeResult> {
    return role === 'ADMIN'
      ? change(source.manager, userId, { role })
      : unlessLastAdmin(userId, (manager) => change(manager, userId, { role }));
  }

  async function setActive(userId: string, isActive: boolean): Promise<AccountChangeResult> {
    return isActive
      ? change(source.manager, userId, { isActive })
      : unlessLastAdmin(userId, (manager) => change(manager, userId, { isActive }));
  }

  async function setVerified(userId: string, verified: boolean): Promise<AccountChangeResult> {
    return change(source.manager, userId, { verified });
  }

  /** The row stays, because what the person posted stays; the subject stays, so that the account stays closed. */
  async function closeAccount(userId: string): Promise<AccountChangeResult> {
    return unlessLastAdmin(userId, async (manager) => {
      await manager.delete(Notification, { userId });
      return change(manager, userId, { ...nobody, handle: tombstone(userId), deletedAt: new Date() });
    });
  }

  /** Two admins who remove each other at the same time queue up here, and the second one finds themselves the last. */
  async function unlessLastAdmin(
    userId: string,
    act: (manager: EntityManager) => Promise<AccountChangeResult>,
  ): Promise<AccountChangeResult> {
    return source.transaction(async (manager) => {
      const admins = await rows<{ id: string }>(manager, lockAdmins, []);
      const isLast = admins.length === 1 && admins[0]?.id === userId;
      return isLast ? 'last admin' : act(manager);
    });
  }
}

const lockAdmins = `select id from users where role = 'ADMIN' and is_active order by id for update`;

const nobody: Partial<User> = {
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

async function change(manager: EntityManager, userId: string, changes: Partial<User>): Promise<AccountChangeResult> {
  if (!validate(userId)) return 'absent';
  const { affected } = await manager.update(User, { id: userId, deletedAt: IsNull() }, changes);
  return affected === 0 ? 'absent' : 'done';
}

/** A handle that nobody can choose: the end of the id, which is its random part. */
function tombstone(userId: string): string {
  return `deleted_${userId.replaceAll('-', '').slice(-20)}`;
}
