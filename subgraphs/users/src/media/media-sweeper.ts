import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Media that one transaction removes: their rows are locked meanwhile. */
const batchSize = 100;

export type MediaSweepStore = ReturnType<typeof mediaSweepStore>;

/** Removes media that are not used, one day after their upload was permitted, and those of deleted accounts. */
export function mediaSweepStore(source: DataSource) {
  return {
    /**
     * Removes up to 100 media with their files. A row stays locked until its files are removed, so that no replica and no
     * profile uses it meanwhile.
     * @returns the number of removed media
     */
    async removeUnused(storage: Pick<MediaStorage, 'unpublish' | 'deleteUpload'>): Promise<number> {
      return source.transaction(async (manager) => {
        const unused = await queryRows<{ id: string; contentType: string }>(manager, unusedStatement, [batchSize]);
        await storage.unpublish(
          unused.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]),
        );
        for (const { id } of unused) await storage.deleteUpload(id);
        await manager.query('delete from media where id = any($1)', [unused.map(({ id }) => id)]);
        return unused.length;
      });
    },
  };
}

/**
 * Never uploaded or never processed, rejected without a dead letter that needs attention, or a picture that is on no
 * profile. Whether another service uses a file of the other purposes is not known here. The files of a deleted account are
 * not used.
 */
const unusedStatement = `
  select id, content_type as "contentType" from media
  where owner_id in (select id from users where deleted_at is not null) or created_at < now() - interval '1 day' and (
    status in ('PENDING', 'PROCESSING')
    or (status = 'REJECTED' and not exists (select from media_dead_letters letter where letter.media_id = media.id))
    or (status = 'READY' and purpose in ('AVATAR', 'COVER')
      and not exists (select from users where avatar_id = media.id) and not exists (select from users where cover_id = media.id))
  )
  order by created_at limit $1 for update skip locked`;

/** Sweeps now and every hour. */
export function startMediaSweeper(store: MediaSweepStore, storage: MediaStorage, log: Logger): Closable {
  const sweep = async () => {
    while ((await store.removeUnused(storage)) === batchSize);
  };
  return startSweeper(sweep, { log, subject: 'unused media' });
}
