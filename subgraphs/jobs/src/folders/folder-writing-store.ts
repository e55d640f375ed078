import type { DataSource, EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { writeAs } from '../people/person-state-store.js';
import { Folder } from './folder-model.js';

export type FolderValues = Pick<Folder, 'name' | 'description' | 'privacy'>;

/** Writes folders and the users they are shared with. */
export function folderWritingStore(source: DataSource) {
  return { add, change, remove };

  async function add(ownerId: string, values: FolderValues, sharedWith: readonly string[]): Promise<Folder> {
    return writeAs(source, ownerId, async (manager) => {
      const folder = manager.create(Folder, { id: v7(), ownerId, createdAt: new Date(), ...values });
      await manager.insert(Folder, folder);
      await replaceShares(manager, folder.id, sharedWith);
      return folder;
    });
  }

  /** @param sharedWith replaces the ids of the users that the folder is shared with; undefined keeps them */
  async function change(
    { id, ownerId }: Pick<Folder, 'id' | 'ownerId'>,
    changes: Partial<FolderValues>,
    sharedWith: readonly string[] | undefined,
  ): Promise<Folder | null> {
    return writeAs(source, ownerId, async (manager) => {
      if (Object.keys(changes).length > 0) await manager.update(Folder, { id }, changes);
      const folder = await manager.findOne(Folder, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (folder !== null && sharedWith !== undefined) await replaceShares(manager, id, sharedWith);
      return folder;
    });
  }

  async function remove(id: string): Promise<void> {
    await source.getRepository(Folder).delete({ id });
  }
}

async function replaceShares(manager: EntityManager, folderId: string, users: readonly string[]): Promise<void> {
  await manager.query('delete from folder_shares where folder_id = $1', [folderId]);
  await manager.query('insert into folder_shares (folder_id, user_id) select $1, unnest($2::uuid[])', [
    folderId,
    users,
  ]);
}
