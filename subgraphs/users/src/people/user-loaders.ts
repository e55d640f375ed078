import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

export function userLoaders(store: Store) {
  return {
    user: createRowLoader(store.users.byIds, (user) => user.id),
    userByHandle: createRowLoader(store.users.byHandles, (user) => user.handle),
  };
}
