import { type KeysetPage, type Order, readingOrder } from '@marquee/chassis/paging/relay-connection';
import type { Quotas } from '@marquee/chassis/quotas/postgres-quotas';
import type { DataSource } from 'typeorm';
import type { JobsAction } from '../quotas.js';
import type { Folder } from './folder-model.js';
import { queryRows } from '../database/statements.js';

/** A member of a folder. */
export interface Membership {
  folderId: string;
  profileId: string;
  /** The order in which members were added. A string, because a bigint may exceed the safe integers of a number. */
  ordinal: string;
}

/** One page of members, the most recently added first. */
export interface MemberPage extends KeysetPage<string> {
  /** Only profiles that are public or belong to this user. Null for every profile. */
  viewer: { id: string | null } | null;
}

/** Reads and writes the members of folders. */
export function folderMemberStore(source: DataSource, quotas: Quotas<JobsAction>) {
  return { ofFolders, add, remove };

  async function ofFolders(folders: readonly string[], page: MemberPage): Promise<Membership[]> {
    const { limit, after, before, viewer } = page;
    const values = [folders, after, before, limit, viewer === null, viewer?.id];
    return queryRows(source, membersStatement(readingOrder('DESC', page)), values);
  }

  /** Idempotent. @throws RATE_LIMITED if the owner has no quota for a new member */
  async function add({ id, ownerId }: Pick<Folder, 'id' | 'ownerId'>, profileId: string): Promise<void> {
    await source.transaction(async (manager) => {
      const added = await queryRows(manager, addStatement, [id, profileId]);
      await quotas.take(ownerId, 'folderMember', added.length, manager);
    });
  }

  async function remove(folderId: string, profileId: string): Promise<void> {
    await source.query('delete from folder_members where folder_id = $1 and profile_id = $2', [folderId, profileId]);
  }
}

const addStatement = `
  insert into folder_members (folder_id, profile_id) select id, $2 from folders where id = $1
  on conflict do nothing returning 1`;

function membersStatement(order: Order): string {
  return `
  select listed.folder_id as "folderId", listed.profile_id as "profileId", listed.ordinal
  from unnest($1::uuid[]) as parent (id) cross join lateral (
    select member.* from folder_members member join freelancer_profiles profile on profile.id = member.profile_id
    where member.folder_id = parent.id and ($2::bigint is null or member.ordinal < $2::bigint)
      and ($3::bigint is null or member.ordinal > $3::bigint)
      and ($5 or (profile.status = 'APPROVED' and profile.owner_is_active) or profile.owner_id = $6::uuid)
    order by member.ordinal ${order} limit $4) as listed
  order by listed.ordinal ${order}`;
}
