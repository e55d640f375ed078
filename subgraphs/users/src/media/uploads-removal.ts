import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { MediaStore } from './media-store.js';
import type { ContentDelivery } from './storage/content-delivery.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Files that are deleted at the same time. */
const concurrency = 8;

export interface UploadsRemoval {
  store: Pick<MediaStore, 'uploadsOf' | 'remove'>;
  storage: Pick<MediaStorage, 'unpublish' | 'deleteUpload'>;
  delivery: ContentDelivery;
}

/**
 * Removes the uploads of a deleted account from storage, from the caches of the network, and then from the database.
 * Idempotent.
 * @returns the number of uploads
 * @throws if one of the three does not confirm it: the rows remain then, so that another attempt finds the files
 */
export async function removeUploads(userId: string, { store, storage, delivery }: UploadsRemoval): Promise<number> {
  const uploads = await store.uploadsOf(userId);
  const keys = uploads.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]);
  await storage.unpublish(keys);
  await mapWithConcurrency(uploads, concurrency, ({ id }) => storage.deleteUpload(id));
  await delivery.purge(keys);
  await store.remove(uploads.map(({ id }) => id));
  // A file that was processed meanwhile.
  await storage.unpublish(keys);
  return uploads.length;
}
