import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { type Media, MediaPurpose } from '../media/media-model.js';

export type SeededMedia = Pick<Media, 'id' | 'ownerId' | 'purpose' | 'contentType' | 'bytes' | 'width' | 'height'>;

export type MediaSeedStore = ReturnType<typeof mediaSeedStore>;

/** Writes the example pictures. */
export function mediaSeedStore(source: DataSource) {
  return { missing, add };

  /** Returns the ids that have no row although their owner exists. */
  async function missing(media: readonly Pick<Media, 'id' | 'ownerId'>[]): Promise<string[]> {
    const values = [media.map(({ id }) => id), media.map(({ ownerId }) => ownerId)];
    const absent = await queryRows<{ id: string }>(source, missingStatement, values);
    return absent.map(({ id }) => id);
  }

  /** Adds a picture. One with the purpose AVATAR becomes the avatar of its owner. */
  async function add({ id, ownerId, purpose, contentType, bytes, width, height }: SeededMedia): Promise<void> {
    const values = [id, ownerId, purpose, contentType, bytes, width, height];
    await source.transaction(async (manager) => {
      await manager.query(addStatement, values);
      if (purpose === MediaPurpose.AVATAR) await manager.query(setAvatarStatement, [ownerId, id]);
    });
  }
}

const missingStatement = `
  select wanted.id from unnest($1::uuid[], $2::uuid[]) as wanted (id, owner_id)
  join users on users.id = wanted.owner_id and users.deleted_at is null
  where not exists (select from media where media.id = wanted.id)`;

/** The pictures are kept, whether the examples of other services use them or not. */
const addStatement = `
  insert into media (id, owner_id, purpose, status, content_type, bytes, width, height, has_thumbnail, unused_since)
  values ($1, $2, $3, 'READY', $4, $5, $6, $7, true, 'infinity')
  on conflict do nothing`;

const setAvatarStatement = `
  update users set avatar_id = $2 where id = $1 and avatar_id is null and deleted_at is null`;
