import type { JobsContext } from '../context.js';
import type { TaxonomyCategory } from './taxonomy-model.js';

/**
 * Resolves the slugs in a filter to ids. Null does not restrict the list and stays null. Unknown slugs are dropped, so
 * that a filter of unknown slugs only matches nothing.
 */
export async function termIdsBySlug(
  { terms }: JobsContext['store'],
  category: TaxonomyCategory,
  slugs: readonly string[] | null,
): Promise<string[] | null> {
  return slugs === null ? null : (await terms.bySlugs(category, slugs)).map(({ id }) => id);
}
