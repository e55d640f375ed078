import { fold } from '@marquee/chassis/input/fold';
import { IsNull, type DataSource } from 'typeorm';
import { User } from './user-model.js';
import type { ProfileChange } from './profile-rules.js';
import { violatesUnique } from '../database/statements.js';

/** How a change of a profile can end. */
export type ProfileOutcome = 'updated' | 'closed' | 'handle taken';

/** Writes what people say of themselves. A closed account is not written to. */
export function profileStore(source: DataSource) {
  return { update };

  async function update(userId: string, change: ProfileChange): Promise<ProfileOutcome> {
    const changes = columns(change);
    if (Object.keys(changes).length === 0) return 'updated';
    try {
      const open = { id: userId, deletedAt: IsNull() };
      const { affected } = await source.getRepository(User).update(open, changes);
      return affected === 0 ? 'closed' : 'updated';
    } catch (failure) {
      if (violatesUnique(failure, 'users_handle_unique')) return 'handle taken';
      throw failure;
    }
  }
}

function columns(change: ProfileChange): Partial<User> {
  const named = change.displayName === undefined ? {} : { foldedName: fold(change.displayName) };
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as Partial<User>), ...named };
}
