import { childrenLoader, rowLoader } from '@marquee/chassis/loaders/loaders';
import type { MemberPage } from './folder-member-store.js';
import type { Store } from '../store.js';

/** What belongs to folders. */
export function folderLoaders(store: Store) {
  return {
    folder: rowLoader(store.folders.byIds, ({ id }) => id),
    sharesOf: childrenLoader(
      (folders, _: null) => store.folders.sharesOf(folders),
      ({ folderId }) => folderId,
    ),
    membersOf: childrenLoader(
      (folders, page: MemberPage) => store.folderMembers.ofFolders(folders, page),
      ({ folderId }) => folderId,
    ),
  };
}
