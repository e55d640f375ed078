import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

/** Loaders of covers. */
export function coverLoaders({ covers }: Store) {
  return {
    cover: createRowLoader(covers.byIds, ({ id }) => id),
    coverBySlug: createRowLoader(covers.bySlugs, ({ slug }) => slug),
    contributorsOf: createChildrenLoader(
      (ids, _: null) => covers.contributorsOf(ids),
      ({ coverId }) => coverId,
    ),
    relatedTo: createChildrenLoader(
      (ids, count: number) => covers.relatedTo(ids, count),
      ({ coverId }) => coverId,
    ),
  };
}
