import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import type { MediaStore } from './media-store.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Milliseconds that the caller waits for the storage. */
const maxWaitMs = 2_000;

export interface PictureRemoval {
  store: MediaStore;
  storage: MediaStorage;
  log: Logger;
}

/**
 * Removes the pictures of a deleted account from public storage and from the database. Other uploads stay. A storage that
 * is slow or fails neither delays nor fails the deletion: the media sweeper removes the remaining files.
 */
export async function removeProfilePictures(userId: string, { store, storage, log }: PictureRemoval): Promise<void> {
  const pictures = await store.profilePicturesOf(userId);
  const keys = pictures.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]);
  const remove = async (): Promise<void> => {
    await storage.unpublish(keys);
    await store.remove(pictures.map(({ id }) => id));
  };
  const removing = runDetached(remove).catch((err: unknown) => {
    log.warn({ err }, 'the pictures of a deleted account are left to the media sweeper');
  });
  await Promise.race([removing, wait(maxWaitMs, undefined, { ref: false })]);
}
