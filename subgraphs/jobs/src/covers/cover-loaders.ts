import { childrenLoader, rowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

/** What belongs to covers. */
export function coverLoaders({ covers }: Store) {
  return {
    cover: rowLoader(covers.byIds, ({ id }) => id),
    coverBySlug: rowLoader(covers.bySlugs, ({ slug }) => slug),
    contributorsOf: childrenLoader(
      (ids, _: null) => covers.contributorsOf(ids),
      ({ coverId }) => coverId,
    ),
    relatedTo: childrenLoader(
      (ids, count: number) => covers.relatedTo(ids, count),
      ({ coverId }) => coverId,
    ),
  };
}
