import type { JobsContext } from '../context.js';
import type { TaxonomyCategory } from './taxonomy-model.js';

/** Filters name terms by their slugs; null does not narrow, a slug of nothing narrows to nothing. */
export async function idsOfSlugs(
  { terms }: JobsContext['store'],
  category: TaxonomyCategory,
  slugs: readonly string[] | null,
): Promise<string[] | null> {
  return slugs === null ? null : (await terms.bySlugs(category, slugs)).map(({ id }) => id);
}
