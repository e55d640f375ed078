import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Media of one transaction: their rows are locked meanwhile. */
const batchSize = 100;

export type MediaSweepStore = ReturnType<typeof mediaSweepStore>;

/**
 * Removes media that nothing has used for a day, and those of deleted accounts. The service that uses media is asked first:
 * it releases those that it does not use, or reports their uses again. Until its answer nothing is removed, however long
 * its events are late, and also if some are lost.
 */
export function mediaSweepStore(source: DataSource) {
  return {
    /**
     * Asks for the release of up to 100 media without a known use, again after a day without an answer.
     * @returns their number
     */
    async askForRelease(): Promise<number> {
      return (await source.query<unknown[]>(askStatement, [batchSize])).length;
    },
    /**
     * Removes up to 100 media with their files. A row stays locked until its files are removed, so that no replica and no
     * profile uses it meanwhile.
     * @returns the number of removed media
     */
    async removeUnused(storage: Pick<MediaStorage, 'unpublish' | 'deleteUpload'>): Promise<number> {
      return source.transaction(async (manager) => {
        const locked = await queryRows<UnusedMedia>(manager, unusedStatement, [batchSize]);
        const chosen = await queryRows<{ id: string }>(manager, chosenStatement, [locked.map(({ id }) => id)]);
        const unused = locked.filter(({ id }) => !chosen.some((picture) => picture.id === id));
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

interface UnusedMedia {
  id: string;
  contentType: string;
}

/** The condition that a file has had no known use for a day. */
const isUnused = `
  status = 'READY' and unused_since < now() - interval '1 day'
    and not exists (select from users where avatar_id = media.id)
    and not exists (select from users where cover_id = media.id)
    and not exists (select from media_uses uses where uses.media_id = media.id and is_used)`;

const askStatement = `
  with asked as (
    update media set release_asked_at = now()
    where id in (
      select id from media where ${isUnused} and not is_released and release_asked_at < now() - interval '1 day'
      order by created_at limit $1 for update skip locked
    )
    returning id
  )
  select emit_event('MediaUnused', 1, id::text, jsonb_build_object('mediaId', id)) from asked`;

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
    or ${isUnused} and is_released
  order by created_at limit $1 for update skip locked`;

/** The pictures that users have chosen after the other statement began to read, and before it locked them. */
const chosenStatement = `
  select id from media where id = any($1) and status = 'READY'
    and (exists (select from users where avatar_id = media.id) or exists (select from users where cover_id = media.id))`;

export interface MediaSweeperOptions {
  store: MediaSweepStore;
  storage: MediaStorage;
  /** Whether the service receives the events of other services. Otherwise files that were processed are kept. */
  knowsUses: boolean;
  log: Logger;
}

/** Sweeps now and every hour. */
export function startMediaSweeper({ store, storage, knowsUses, log }: MediaSweeperOptions): Closable {
  const sweep = async () => {
    while (knowsUses && (await store.askForRelease()) === batchSize);
    while ((await store.removeUnused(storage)) === batchSize);
  };
  return startSweeper(sweep, { log, subject: 'unused media' });
}
