import { fold } from '@marquee/chassis/input/fold';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { isUniqueViolation, queryRows } from '../database/statements.js';
import { MediaStatus } from '../media/media-model.js';
import type { ProfileChange } from './profile-rules.js';
import { User } from './user-model.js';

/** The outcome of a profile change. A picture that is being removed, because nothing used it, cannot be chosen. */
export type ProfileOutcome = 'updated' | 'closed' | 'handle taken' | PictureRemoved;

/** The field whose picture is being removed. */
interface PictureRemoved {
  removed: 'avatarId' | 'coverId';
}

/** Writes profiles. A closed account is never changed. */
export function profileStore(source: DataSource) {
  return { update };

  async function update(userId: string, change: ProfileChange): Promise<ProfileOutcome> {
    if (Object.values(change).every((value) => value === undefined)) return 'updated';
    try {
      return await source.transaction(async (manager) => {
        const pictures = await lockPictures(manager, userId, change);
        const removed = (['avatarId', 'coverId'] as const).find((name) => isRemoved(pictures, change[name]));
        if (removed) return { removed };
        const openAccount = { id: userId, deletedAt: IsNull() };
        const { affected } = await manager.update(User, openAccount, toColumns(change, pictures));
        return affected === 0 ? 'closed' : 'updated';
      });
    } catch (failure) {
      if (isUniqueViolation(failure, 'users_handle_unique')) return 'handle taken';
      throw failure;
    }
  }
}

function toColumns({ avatarId, coverId, ...change }: ProfileChange, pictures: Pictures): Partial<User> {
  const foldedName = change.displayName === undefined ? {} : { foldedName: fold(change.displayName) };
  const defined = Object.entries(change).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(defined) as Partial<User>),
    ...foldedName,
    ...pictureColumns('avatarId', 'pendingAvatarId', avatarId, pictures),
    ...pictureColumns('coverId', 'pendingCoverId', coverId, pictures),
  };
}

/** The chosen pictures by their ids. */
type Pictures = ReadonlyMap<string, { status: MediaStatus; isReleased: boolean }>;

/**
 * The removal of a chosen picture, and the end of its processing, wait for the transaction. A picture of the profile that was
 * released while it was chosen stays: it is not removed before it was unused for a day.
 */
async function lockPictures(
  manager: EntityManager,
  userId: string,
  { avatarId, coverId }: ProfileChange,
): Promise<Pictures> {
  const chosen = [avatarId, coverId].filter((id) => typeof id === 'string');
  if (chosen.length === 0) return new Map();
  const locked = await queryRows<{ id: string; status: MediaStatus; isReleased: boolean }>(manager, lockStatement, [
    chosen,
    userId,
  ]);
  return new Map(locked.map(({ id, ...picture }) => [id, picture]));
}

const lockStatement = `
  select id, status, is_released and not exists (
    select from users where users.id = $2 and media.id in (avatar_id, cover_id)
  ) as "isReleased"
  from media where id = any($1) order by id for share`;

/** Whether a picture was removed after it was found, or will be. */
function isRemoved(pictures: Pictures, id: string | null | undefined): boolean {
  return typeof id === 'string' && pictures.get(id.toLowerCase())?.isReleased !== false;
}

/** A picture that is not READY becomes the pending one: the trigger `media_shown_when_processed` shows it. */
function pictureColumns(
  shown: 'avatarId' | 'coverId',
  pending: 'pendingAvatarId' | 'pendingCoverId',
  id: string | null | undefined,
  pictures: Pictures,
): Partial<User> {
  if (id === undefined) return {};
  const isShown = id === null || pictures.get(id.toLowerCase())?.status === MediaStatus.READY;
  return isShown ? { [shown]: id, [pending]: null } : { [pending]: id };
}
