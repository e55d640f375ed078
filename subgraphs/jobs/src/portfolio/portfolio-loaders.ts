import { createChildrenLoader, createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

/** Loaders of portfolio assets. Rows are unfiltered: `canSeeAsset` decides which of them a caller sees. */
export function portfolioLoaders({ assets }: Store) {
  return {
    asset: createRowLoader(assets.byIds, ({ id }) => id),
    portfolioOf: createChildrenLoader(
      (profileIds, _: null) => assets.ofProfiles(profileIds),
      ({ profileId }) => profileId,
    ),
  };
}
