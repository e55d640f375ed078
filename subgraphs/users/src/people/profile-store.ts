import { fold } from '@marquee/chassis/input/fold';
import { IsNull, type DataSource } from 'typeorm';
import { isUniqueViolation } from '../database/statements.js';
import type { ProfileChange } from './profile-rules.js';
import { User } from './user-model.js';

/** The outcome of a profile change. */
export type ProfileOutcome = 'updated' | 'closed' | 'handle taken';

/** Writes profiles. A closed account is never changed. */
export function profileStore(source: DataSource) {
  return { update };

  async function update(userId: string, change: ProfileChange): Promise<ProfileOutcome> {
    const changes = toColumns(change);
    if (Object.keys(changes).length === 0) return 'updated';
    try {
      const openAccount = { id: userId, deletedAt: IsNull() };
      const { affected } = await source.getRepository(User).update(openAccount, changes);
      return affected === 0 ? 'closed' : 'updated';
    } catch (failure) {
      if (isUniqueViolation(failure, 'users_handle_unique')) return 'handle taken';
      throw failure;
    }
  }
}

function toColumns(change: ProfileChange): Partial<User> {
  const foldedName = change.displayName === undefined ? {} : { foldedName: fold(change.displayName) };
  const defined = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(defined) as Partial<User>), ...foldedName };
}
