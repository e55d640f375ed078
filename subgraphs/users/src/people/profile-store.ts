import { fold } from '@marquee/chassis/input/fold';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { isUniqueViolation, queryRows } from '../database/statements.js';
import { MediaStatus } from '../media/media-model.js';
import type { ProfileChange } from './profile-rules.js';
import { User } from './user-model.js';

/** The outcome of a profile change. */
export type ProfileOutcome = 'updated' | 'closed' | 'handle taken';

/** Writes profiles. A closed account is never changed. */
export function profileStore(source: DataSource) {
  return { update };

  async function update(userId: string, change: ProfileChange): Promise<ProfileOutcome> {
    if (Object.values(change).every((value) => value === undefined)) return 'updated';
    try {
      return await source.transaction(async (manager) => {
        const openAccount = { id: userId, deletedAt: IsNull() };
        const { affected } = await manager.update(User, openAccount, await toColumns(manager, change));
        return affected === 0 ? 'closed' : 'updated';
      });
    } catch (failure) {
      if (isUniqueViolation(failure, 'users_handle_unique')) return 'handle taken';
      throw failure;
    }
  }
}

async function toColumns(
  manager: EntityManager,
  { avatarId, coverId, ...change }: ProfileChange,
): Promise<Partial<User>> {
  const chosen = [avatarId, coverId].filter((id) => typeof id === 'string');
  const ready = new Set(chosen.length === 0 ? [] : await readyPictures(manager, chosen));
  const foldedName = change.displayName === undefined ? {} : { foldedName: fold(change.displayName) };
  const defined = Object.entries(change).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(defined) as Partial<User>),
    ...foldedName,
    ...pictureColumns('avatarId', 'pendingAvatarId', avatarId, ready),
    ...pictureColumns('coverId', 'pendingCoverId', coverId, ready),
  };
}

/** Of these pictures those that can be shown at once. The end of the processing of the others waits for this transaction. */
async function readyPictures(manager: EntityManager, ids: readonly string[]): Promise<string[]> {
  const locked = await queryRows<{ id: string; status: MediaStatus }>(manager, lockStatement, [ids]);
  return locked.filter(({ status }) => status === MediaStatus.READY).map(({ id }) => id);
}

const lockStatement = 'select id, status from media where id = any($1) order by id for share';

/** A picture that is not READY becomes the pending one: the trigger `media_shown_when_processed` shows it. */
function pictureColumns(
  shown: 'avatarId' | 'coverId',
  pending: 'pendingAvatarId' | 'pendingCoverId',
  id: string | null | undefined,
  ready: ReadonlySet<string>,
): Partial<User> {
  if (id === undefined) return {};
  return id === null || ready.has(id.toLowerCase()) ? { [shown]: id, [pending]: null } : { [pending]: id };
}
