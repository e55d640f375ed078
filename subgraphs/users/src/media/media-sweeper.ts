import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Media that one transaction removes: their rows are locked meanwhile. */
const batchSize = 100;

export type MediaSweepStore = ReturnType<typeof mediaSweepStore>;

/** Removes media that nothing has used for a day, and those of deleted accounts. */
export function mediaSweepStore(source: DataSource) {
  return {
    /**
     * Removes up to 100 media with their files. A row stays locked until its files are removed, so that no replica and no
     * profile uses it meanwhile.
     * @param knowsUses whether the service learns of the uses by other services. Otherwise files that were processed are
     * kept
     * @returns the number of removed media
     */
    async removeUnused(storage: Pick<MediaStorage, 'unpublish' | 'deleteUpload'>, knowsUses: boolean): Promise<number> {
      return source.transaction(async (manager) => {
        const values = [batchSize, knowsUses];
        const unused = await queryRows<{ id: string; contentType: string }>(manager, unusedStatement, values);
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
 * Never uploaded or never processed, rejected without a dead letter that needs attention, or used by nothing. Files of a
 * deleted account that were uploaded while it was erased are not used.
 */
const unusedStatement = `
  select id, content_type as "contentType" from media
  where owner_id in (
      select user_id from erasures join erasure_parts on erasure_id = id where part = 'UPLOADS' and erased_at is not null
    )
    or status in ('PENDING', 'PROCESSING') and created_at < now() - interval '1 day'
    or status = 'REJECTED' and created_at < now() - interval '1 day'
      and not exists (select from media_dead_letters letter where letter.media_id = media.id)
    or status = 'READY' and unused_since < now() - interval '1 day' and $2
      and not exists (select from users where avatar_id = media.id)
      and not exists (select from users where cover_id = media.id)
      and not exists (select from media_uses uses where uses.media_id = media.id and is_used)
  order by created_at limit $1 for update skip locked`;

export interface MediaSweeperOptions {
  store: MediaSweepStore;
  storage: MediaStorage;
  /** Whether the service learns of the uses by other services. */
  knowsUses: boolean;
  log: Logger;
}

/** Sweeps now and every hour. */
export function startMediaSweeper({ store, storage, knowsUses, log }: MediaSweeperOptions): Closable {
  const sweep = async () => {
    while ((await store.removeUnused(storage, knowsUses)) === batchSize);
  };
  return startSweeper(sweep, { log, subject: 'unused media' });
}
