import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Loaders } from '../loaders.js';
import type { Store } from '../store.js';
import type { TaxonomyTerm } from './taxonomy-model.js';

/** Loaders of taxonomy terms. */
export function taxonomyLoaders({ terms }: Store) {
  return {
    term: createRowLoader(terms.cache.byIds, ({ id }) => id),
  };
}

/** Loads the terms with these ids, in this order. Unknown ids are skipped. */
export async function loadTerms(loaders: Loaders, ids: readonly string[]): Promise<TaxonomyTerm[]> {
  const terms = await Promise.all(ids.map((id) => loaders.term.load(id)));
  return terms.filter((term) => term !== null);
}
