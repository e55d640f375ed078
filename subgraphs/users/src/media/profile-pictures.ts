import type { MediaStore } from './media-store.js';
import { originalKey, type MediaStorage, thumbnailKey } from './storage/media-storage.js';

/** Takes down what a person showed of themselves. What they did with others stays. */
export async function removeProfilePictures(userId: string, store: MediaStore, storage: MediaStorage): Promise<void> {
  const portraits = await store.profilePicturesOf(userId);
  await storage.unpublish(portraits.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]));
  await store.remove(portraits.map(({ id }) => id));
}
