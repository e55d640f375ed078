import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import { isShowSlug } from './shows/show-rules.js';
import type { ShowStore } from './shows/show-store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** Loaders of one request. */
export function createLoaders(store: ShowStore) {
  return {
    /** What cannot be a slug is not looked for: there is no such show. */
    show: createRowLoader(
      async (slugs) => store.bySlugs(slugs.filter(isShowSlug)),
      (show) => show.slug,
    ),
  };
}
