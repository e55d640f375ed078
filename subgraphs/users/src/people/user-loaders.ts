import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

export function userLoaders(store: Store) {
  return {
    /** Rows as stored, also of users who are gone: `user-access.ts` decides which of their fields a caller sees. */
    account: createRowLoader(store.users.byIds, (user) => user.id),
    accountByHandle: createRowLoader(store.users.byHandles, (user) => user.handle),
  };
}
