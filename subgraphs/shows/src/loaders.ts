import { showLoaders } from './shows/show-loaders.js';
import type { ShowStore } from './store.js';

export type Loaders = ReturnType<typeof createLoaders>;

/** The loaders of one request. */
export function createLoaders(store: ShowStore) {
  return { ...showLoaders(store) };
}
