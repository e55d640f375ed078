import type { JobsContext } from '../context.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { termIdsBySlug } from '../taxonomy/taxonomy-slugs.js';
import type { FreelancerCriteria } from './freelancer-filter-store.js';
import type { ParsedFreelancerFilter } from './freelancer-list-rules.js';

/** Converts a parsed filter to criteria for the store: slugs of terms are resolved to ids. */
export async function toFreelancerCriteria(
  { store, caller }: JobsContext,
  filter: ParsedFreelancerFilter,
): Promise<FreelancerCriteria> {
  const [audienceIds, styleIds, genreIds, imageTagIds] = await Promise.all([
    termIdsBySlug(store, TaxonomyCategory.AUDIENCE, filter.audiences),
    termIdsBySlug(store, TaxonomyCategory.STYLE, filter.styles),
    termIdsBySlug(store, TaxonomyCategory.GENRE, filter.genres),
    termIdsBySlug(store, TaxonomyCategory.IMAGE_TAG, filter.imageTags),
  ]);
  return {
    words: filter.search,
    ...{ audienceIds, styleIds, genreIds, imageTagIds },
    location: filter.location,
    usesAi: filter.usesAi ?? null,
    hasAgent: filter.hasAgent ?? null,
    favoriteOf: filter.favoritesOnly && caller.kind === 'user' ? caller.id : null,
    folderId: filter.folderId ?? null,
  };
}
