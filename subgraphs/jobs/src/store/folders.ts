import type { DataSource, EntityManager } from 'typeorm';
import { v7, validate } from 'uuid';
import { Folder } from '../model/folder.js';
import { newest, type IdPage } from './page.js';
import { rows } from './rows.js';

export type FolderValues = Pick<Folder, 'name' | 'description' | 'privacy'>;

/** Reads and writes folders. */
export function folderStore(source: DataSource) {
  const folders = source.getRepository(Folder);
  return { byIds, seenBy, sharesOf, add, change, remove };

  async function byIds(ids: readonly string[]): Promise<Folder[]> {
    const known = ids.filter((id) => validate(id));
    if (known.length === 0) return [];
    return folders.createQueryBuilder('folder').where('folder.id = any(:known)', { known }).getMany();
  }

  /** The folders that a user may see, each way to see one through an index of its own. */
  async function seenBy(userId: string, isInternal: boolean, { after, limit }: IdPage): Promise<Folder[]> {
    return folders
      .createQueryBuilder('folder')
      .where(`folder.id in (${seen(isInternal)})`, { userId, after: after ?? newest, limit })
      .orderBy('folder.id', 'DESC')
      .limit(limit)
      .getMany();
  }

  async function sharesOf(ids: readonly string[]): Promise<{ folderId: string; userId: string }[]> {
    return rows(
      source,
      `select folder_id as "folderId", user_id as "userId" from folder_shares where folder_id = any($1)
       order by folder_id, user_id`,
      [ids],
    );
  }

  async function add(ownerId: string, values: FolderValues, sharedWith: readonly string[]): Promise<Folder> {
    const folder = folders.create({ id: v7(), ownerId, createdAt: new Date(), ...values });
    await source.transaction(async (manager) => {
      await manager.insert(Folder, folder);
      await share(manager, folder.id, sharedWith);
    });
    return folder;
  }

  /** @param sharedWith who sees it from now on; undefined for who does already */
  async function change(
    id: string,
    changes: Partial<FolderValues>,
    sharedWith: readonly string[] | undefined,
  ): Promise<Folder | null> {
    return source.transaction(async (manager) => {
      if (Object.keys(changes).length > 0) await manager.update(Folder, { id }, changes);
      const folder = await manager.findOne(Folder, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (folder === null || sharedWith === undefined) return folder;
      await manager.query('delete from folder_shares where folder_id = $1', [id]);
      await share(manager, id, sharedWith);
      return folder;
    });
  }

  async function remove(id: string): Promise<void> {
    await folders.delete({ id });
  }
}

async function share(manager: EntityManager, folderId: string, users: readonly string[]): Promise<void> {
  if (users.length === 0) return;
  await manager.query('insert into folder_shares (folder_id, user_id) select $1, unnest($2::uuid[])', [
    folderId,
    users,
  ]);
}

function seen(isInternal: boolean): string {
  const own = '(select id from folders where owner_id = :userId and id < :after order by id desc limit :limit)';
  const shared = `(select shared.id from folder_shares share join folders shared on shared.id = share.folder_id
    where share.user_id = :userId and shared.privacy = 'SHARED_USERS' and shared.id < :after
    order by shared.id desc limit :limit)`;
  const team = `(select id from folders where privacy = 'SHARED_TEAM' and id < :after order by id desc limit :limit)`;
  return [own, shared, ...(isInternal ? [team] : [])].join(' union ');
}
