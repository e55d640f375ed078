import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { JobsContext } from '../context.js';
import type { Folder } from './folder-model.js';
import { canSeeFolder, requireFolder, requireFolderUser, requireFolderOwner } from './folder-rules.js';
import { requireUuid } from '../input/input-values.js';

/** @throws NOT_FOUND when there is no folder with this id that the caller may know of */
export async function requireVisibleFolder(context: JobsContext, folderId: string): Promise<Folder> {
  requireFolderUser(context.caller);
  const id = requireUuid('folder', folderId);
  return requireFolder(await findVisibleFolder(context, id), id);
}

/** A folder that the caller may change. @throws as `findFolder`, and FORBIDDEN for one of somebody else */
export async function requireOwnFolder(
  context: JobsContext,
  folderId: string,
): Promise<{ user: UserCaller; folder: Folder }> {
  const user = requireFolderUser(context.caller);
  return { user, folder: requireFolderOwner(user, await requireVisibleFolder(context, folderId)) };
}

/** The folder, or null where the caller may not know of it. */
export async function findVisibleFolder(context: JobsContext, id: string): Promise<Folder | null> {
  const folder = await context.loaders.folder.load(id);
  return folder && canSeeFolder(context.caller, folder, await loadSharedUserIds(context, id)) ? folder : null;
}

/** The users that a folder is shared with. */
export async function loadSharedUserIds({ loaders }: JobsContext, folderId: string): Promise<string[]> {
  return (await loaders.sharesOf.load({ parent: folderId, page: null })).map(({ userId }) => userId);
}
