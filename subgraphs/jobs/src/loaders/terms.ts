import { notFound } from '@marquee/chassis/errors/errors';
import type { TaxonomyTerm } from '../model/taxonomy-term.js';
import type { Loaders } from './loaders.js';

/** The terms with these ids, in their order. */
export function termsOf(loaders: Pick<Loaders, 'term'>, ids: readonly string[]): Promise<TaxonomyTerm[]> {
  return Promise.all(ids.map((id) => termOf(loaders, id)));
}

/** Terms are never deleted: one that something was filed under is there. */
export async function termOf({ term }: Pick<Loaders, 'term'>, id: string): Promise<TaxonomyTerm> {
  const found = await term.load(id);
  if (found === null) throw notFound('taxonomy term', id);
  return found;
}
