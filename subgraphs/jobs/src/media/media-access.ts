import { notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { JobsContext } from '../context.js';

/**
 * @throws NOT_FOUND unless the caller uploaded this media for this purpose, and if it is being removed. The error does not
 * reveal whether another user's upload exists.
 */
export async function requireOwnMedia(
  { mediaIds, store }: Pick<JobsContext, 'mediaIds' | 'store'>,
  caller: UserCaller,
  id: string | null | undefined,
  purpose: string,
): Promise<void> {
  if (typeof id !== 'string') return;
  if (mediaIds.belongsTo(id, caller.id, purpose) && !(await store.releasedMedia.includes(id))) return;
  throw notFound(`${purpose} media`, id.slice(0, 100));
}
