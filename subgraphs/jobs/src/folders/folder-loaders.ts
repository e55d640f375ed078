import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { MemberPage } from './folder-member-store.js';
import type { Store } from '../store.js';

/** Loaders of folders. Rows are unfiltered: `canSeeFolder` decides which of them a caller sees. */
export function folderLoaders(store: Store) {
  return {
    folder: createRowLoader(store.folders.byIds, ({ id }) => id),
    sharesOf: createChildrenLoader(
      (folders, _: null) => store.folders.sharesOf(folders),
      ({ folderId }) => folderId,
    ),
    membersOf: createChildrenLoader(
      (folders, page: MemberPage) => store.folderMembers.ofFolders(folders, page),
      ({ folderId }) => folderId,
    ),
  };
}
