import { setTimeout as wait } from 'node:timers/promises';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import type { MediaStore } from './media-store.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Milliseconds that the caller waits for the storage. */
const maxWaitMs = 2_000;

/** Files that are deleted at the same time. */
const concurrency = 8;

export interface UploadsRemoval {
  store: MediaStore;
  storage: MediaStorage;
  log: Logger;
}

/**
 * Removes the uploads of a deleted account from storage and from the database. A storage that is slow or fails neither
 * delays nor fails the deletion: the media sweeper removes the remaining files.
 */
export async function removeUploads(userId: string, { store, storage, log }: UploadsRemoval): Promise<void> {
  const uploads = await store.uploadsOf(userId);
  const keys = uploads.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]);
  const remove = async (): Promise<void> => {
    await storage.unpublish(keys);
    await mapWithConcurrency(uploads, concurrency, ({ id }) => storage.deleteUpload(id));
    await store.remove(uploads.map(({ id }) => id));
    // A file that was processed meanwhile.
    await storage.unpublish(keys);
  };
  const removing = runDetached(remove).catch((err: unknown) => {
    log.warn({ err }, 'the uploads of a deleted account are left to the media sweeper');
  });
  await Promise.race([removing, wait(maxWaitMs, undefined, { ref: false })]);
}
