import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { ShowStore } from '../store.js';
import { isShowSlug } from './show-rules.js';

export function showLoaders(store: ShowStore) {
  return {
    /** Malformed slugs resolve to null without a request to the store. */
    show: createRowLoader(
      async (slugs) => store.bySlugs(slugs.filter(isShowSlug)),
      (show) => show.slug,
    ),
  };
}
