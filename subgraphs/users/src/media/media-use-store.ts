import type { EntityManager } from 'typeorm';

/** A use of a file by something that another service owns. */
export interface MediaUse {
  mediaId: string;
  place: string;
  holderId: string;
}

/** Records that a use has begun, unless it has changed after this time. A file that does not exist has no uses. */
export async function beginUse(manager: EntityManager, use: MediaUse, time: string): Promise<void> {
  await manager.query(beginStatement, valuesOf(use, time));
}

/**
 * Records that a use has ended, unless it has changed after this time. The file is then unused from now on, if it has no
 * other use.
 */
export async function endUse(manager: EntityManager, use: MediaUse, time: string): Promise<void> {
  await manager.query(endStatement, valuesOf(use, time));
}

/** Records that no other service uses a file, and that none can begin to. */
export async function recordRelease(manager: EntityManager, mediaId: string): Promise<void> {
  await manager.query('update media set is_released = true where id = $1', [mediaId]);
}

function valuesOf({ mediaId, place, holderId }: MediaUse, time: string): string[] {
  return [mediaId, place, holderId, time];
}

const beginStatement = `
  insert into media_uses (media_id, place, holder_id, is_used, changed_at)
  select id, $2, $3::uuid, true, $4::timestamptz from media where id = $1
  on conflict (media_id, place, holder_id) do update set is_used = true, changed_at = excluded.changed_at
  where media_uses.changed_at <= excluded.changed_at`;

/** The end of a use that is not known says nothing about the other uses of the file. */
const endStatement = `
  with ended as (
    update media_uses set is_used = false, changed_at = $4::timestamptz
    where media_id = $1 and place = $2 and holder_id = $3::uuid and is_used and changed_at <= $4::timestamptz
    returning media_id
  ), unknown as (
    insert into media_uses (media_id, place, holder_id, is_used, changed_at)
    select id, $2, $3::uuid, false, $4::timestamptz from media where id = $1
    on conflict do nothing
  )
  update media set unused_since = now() where id in (select media_id from ended)`;
