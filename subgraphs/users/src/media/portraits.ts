import type { MediaStore } from '../store/media.js';
import { originalKey, type Storage, thumbnailKey } from './storage.js';

/** Takes down what a person showed of themselves. What they did with others stays. */
export async function takeDownPortraits(userId: string, store: MediaStore, storage: Storage): Promise<void> {
  const portraits = await store.portraitsOf(userId);
  await storage.withdraw(portraits.flatMap(({ id, contentType }) => [originalKey(id, contentType), thumbnailKey(id)]));
  await store.remove(portraits.map(({ id }) => id));
}
