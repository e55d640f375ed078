import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { JobsContext } from '../context.js';
import type { Folder } from './folder-model.js';
import { maySeeFolder, mustFindFolder, mustKeepFolders, mustOwnFolder } from './folder-rules.js';
import { key } from '../input/input-values.js';

/** @throws NOT_FOUND when there is no folder with this id that the caller may know of */
export async function findFolder(context: JobsContext, folderId: string): Promise<Folder> {
  mustKeepFolders(context.caller);
  const id = key('folder', folderId);
  return mustFindFolder(await visibleFolder(context, id), id);
}

/** A folder that the caller may change. @throws as `findFolder`, and FORBIDDEN for one of somebody else */
export async function ownFolder(context: JobsContext, folderId: string): Promise<{ user: UserCaller; folder: Folder }> {
  const user = mustKeepFolders(context.caller);
  return { user, folder: mustOwnFolder(user, await findFolder(context, folderId)) };
}

/** The folder, or null where the caller may not know of it. */
export async function visibleFolder(context: JobsContext, id: string): Promise<Folder | null> {
  const folder = await context.loaders.folder.load(id);
  return folder && maySeeFolder(context.caller, folder, await sharedWith(context, id)) ? folder : null;
}

/** The users that a folder is shared with. */
export async function sharedWith({ loaders }: JobsContext, folderId: string): Promise<string[]> {
  return (await loaders.sharesOf.load({ parent: folderId, page: null })).map(({ userId }) => userId);
}
