import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import type { JobsContext } from '../context.js';
import type { Folder } from './folder-model.js';
import { canSeeFolder, requireFolder, requireFolderOwner } from './folder-rules.js';
import { requireUuid } from '../input/input-values.js';

/** @throws UNAUTHENTICATED, FORBIDDEN for a machine client, NOT_FOUND if the caller may not see the folder */
export async function requireVisibleFolder(context: JobsContext, folderId: string): Promise<Folder> {
  requireUser(context.caller);
  const id = requireUuid('folder', folderId);
  return requireFolder(await findVisibleFolder(context, id), id);
}

/** @throws like `requireVisibleFolder`, and FORBIDDEN for a folder of another owner */
export async function requireOwnFolder(
  context: JobsContext,
  folderId: string,
): Promise<{ user: UserCaller; folder: Folder }> {
  const user = requireUser(context.caller);
  return { user, folder: requireFolderOwner(user, await requireVisibleFolder(context, folderId)) };
}

/** Returns the folder, or null if it does not exist or the caller may not see it. */
export async function findVisibleFolder(context: JobsContext, id: string): Promise<Folder | null> {
  const folder = await context.loaders.folder.load(id);
  return folder && canSeeFolder(context.caller, folder, await loadSharedUserIds(context, id)) ? folder : null;
}

/** Returns the ids of the users that a folder is shared with. */
export async function loadSharedUserIds({ loaders }: JobsContext, folderId: string): Promise<string[]> {
  return (await loaders.sharesOf.load({ parent: folderId, page: null })).map(({ userId }) => userId);
}
