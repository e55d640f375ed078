import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import type { DataSource, EntityManager } from 'typeorm';

/** Days for which a file that no longer exists is refused. Afterwards its id refers to nothing. */
const removedDays = 30;

/** Knows the files that are removed because nothing used them. */
export function releasedMediaStore(source: DataSource) {
  return {
    /** Whether a file is being removed, or was removed recently. */
    async includes(id: string): Promise<boolean> {
      const rows = await source.query<unknown[]>('select from released_media where media_id = $1', [id]);
      return rows.length > 0;
    },
    /** Forgets the files that were removed long ago. */
    removeOld: async (): Promise<void> => void (await source.query(removeStatement, [removedDays])),
  };
}

/** Forgets files that were removed, now and every hour. */
export function startReleasedMediaSweeper(store: ReturnType<typeof releasedMediaStore>, log: Logger): Closable {
  return startSweeper(() => store.removeOld(), { log, subject: 'released media' });
}

/** Records that a released file no longer exists. Until then nothing may use it, however long its removal takes. */
export async function recordRemoval(manager: EntityManager, mediaId: string): Promise<void> {
  await manager.query('update released_media set removed_at = coalesce(removed_at, now()) where media_id = $1', [
    mediaId,
  ]);
}

const removeStatement = 'delete from released_media where removed_at < now() - make_interval(days => $1)';
