import type { Order } from '@marquee/chassis/paging/relay-connection';
import type { DataSource } from 'typeorm';
import { validate } from 'uuid';
import { Folder } from './folder-model.js';
import { idOrder, type IdPage, idRange } from '../paging/id-page.js';
import { queryRows } from '../database/statements.js';

/** Reads folders. */
export function folderStore(source: DataSource) {
  const folders = source.getRepository(Folder);
  return { byIds, visibleTo, sharesOf };

  async function byIds(ids: readonly string[]): Promise<Folder[]> {
    const known = ids.filter((id) => validate(id));
    if (known.length === 0) return [];
    return folders.createQueryBuilder('folder').where('folder.id = any(:known)', { known }).getMany();
  }

  /** Lists the folders that a user may see. Own, shared and team folders are read through separate indexes. */
  async function visibleTo(userId: string, isInternal: boolean, page: IdPage): Promise<Folder[]> {
    return folders
      .createQueryBuilder('folder')
      .where(`folder.id in (${visibleFolderIds(isInternal, idOrder(page))})`, {
        userId,
        limit: page.limit,
        ...idRange(page),
      })
      .orderBy('folder.id', idOrder(page))
      .limit(page.limit)
      .getMany();
  }

  async function sharesOf(ids: readonly string[]): Promise<{ folderId: string; userId: string }[]> {
    return queryRows(source, sharesStatement, [ids]);
  }
}

const sharesStatement = `select folder_id as "folderId", user_id as "userId" from folder_shares
  where folder_id = any($1) order by folder_id, user_id`;

function visibleFolderIds(isInternal: boolean, order: Order): string {
  const inRange = (id: string) => `${id} < :after and ${id} > :before order by ${id} ${order} limit :limit`;
  const own = `(select id from folders where owner_id = :userId and ${inRange('id')})`;
  const shared = `(select shared.id from folder_shares share join folders shared on shared.id = share.folder_id
    where share.user_id = :userId and shared.privacy = 'SHARED_USERS' and ${inRange('shared.id')})`;
  const team = `(select id from folders where privacy = 'SHARED_TEAM' and ${inRange('id')})`;
  return [own, shared, ...(isInternal ? [team] : [])].join(' union ');
}
