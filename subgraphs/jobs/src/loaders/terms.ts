import type { TaxonomyTerm } from '../model/taxonomy-term.js';
import type { Loaders } from './loaders.js';

/** The terms with these ids, in this order. */
export async function termsOf(loaders: Loaders, ids: readonly string[]): Promise<TaxonomyTerm[]> {
  const terms = await Promise.all(ids.map((id) => loaders.term.load(id)));
  return terms.filter((term) => term !== null);
}
