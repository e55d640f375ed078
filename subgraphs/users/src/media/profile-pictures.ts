import type { MediaStore } from './media-store.js';
import { type MediaStorage, originalKey, thumbnailKey } from './storage/media-storage.js';

/** Removes the pictures of a user's profile from public storage and from the database. Other uploads stay. */
export async function removeProfilePictures(userId: string, store: MediaStore, storage: MediaStorage): Promise<void> {
  const pictures = await store.profilePicturesOf(userId);
  await storage.unpublish(pictures.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]));
  await store.remove(pictures.map(({ id }) => id));
}
