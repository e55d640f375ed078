import type { Caller } from '@marquee/chassis/identity/caller';
import { rowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store/store.js';

/** What belongs to profiles. */
export function profileLoaders(store: Store, _caller: Caller) {
  return {
    term: rowLoader(store.terms.byIds, ({ id }) => id),
  };
}
