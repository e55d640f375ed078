import type { DataSource } from 'typeorm';
import { idOrder, type IdPage, idRange } from '../paging/id-page.js';

/**
 * Returns one page per profile, newest first, in one statement. The lateral join reads only the rows of the page from
 * the index for each profile.
 */
export async function listPagePerProfile<Child extends { id: string; profileId: string }>(
  source: DataSource,
  entity: new () => Child,
  table: 'profile_notes' | 'feedback',
  profiles: readonly string[],
  page: IdPage,
): Promise<Child[]> {
  const pages = `select listed.id from unnest(cast(:profiles as uuid[])) as parent (id) cross join lateral (
    select child.id from ${table} child where child.profile_id = parent.id and child.id < :after
      and child.id > :before
    order by child.id ${idOrder(page)} limit :limit) as listed`;
  return source
    .getRepository(entity)
    .createQueryBuilder('child')
    .where(`child.id in (${pages})`, { profiles, limit: page.limit, ...idRange(page) })
    .orderBy('child.id', idOrder(page))
    .getMany();
}
