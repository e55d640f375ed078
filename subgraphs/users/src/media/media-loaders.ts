import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

export function mediaLoaders(store: Store) {
  return { media: createRowLoader(store.media.byIds, (media) => media.id) };
}
