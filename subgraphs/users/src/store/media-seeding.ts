import type { DataSource } from 'typeorm';
import { type Media, MediaPurpose } from '../model/media.js';
import { rows } from './rows.js';

export type SeededMedia = Pick<Media, 'id' | 'ownerId' | 'purpose' | 'contentType' | 'bytes' | 'width' | 'height'>;

export type MediaSeedingStore = ReturnType<typeof mediaSeedingStore>;

/** Writes the example pictures of the embedded run. */
export function mediaSeedingStore(source: DataSource) {
  return { missing, add };

  /** Those of the ids that no row has. */
  async function missing(ids: readonly string[]): Promise<string[]> {
    const absent = await rows<{ id: string }>(source, missingStatement, [ids]);
    return absent.map(({ id }) => id);
  }

  /** A picture of a person becomes their avatar; who is somebody else than the example gets none. */
  async function add({ id, ownerId, purpose, contentType, bytes, width, height }: SeededMedia): Promise<void> {
    const values = [id, ownerId, purpose, contentType, bytes, width, height];
    await source.transaction(async (manager) => {
      await manager.query(addStatement, values);
      if (purpose === MediaPurpose.AVATAR) await manager.query(wearStatement, [ownerId, id]);
    });
  }
}

const missingStatement = `
  select id from unnest($1::uuid[]) as wanted (id) where not exists (select from media where media.id = wanted.id)`;

const addStatement = `
  insert into media (id, owner_id, purpose, status, content_type, bytes, width, height, has_thumbnail)
  select $1, $2, $3, 'READY', $4, $5, $6, $7, true where exists (select from users where id = $2)
  on conflict do nothing`;

const wearStatement = `
  update users set avatar_id = $2 where id = $1 and avatar_id is null and exists (select from media where id = $2)`;
