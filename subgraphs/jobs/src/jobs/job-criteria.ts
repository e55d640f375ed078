import type { JobsContext } from '../context.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { termIdsBySlug } from '../taxonomy/taxonomy-slugs.js';
import type { ParsedJobFilter } from './job-filter-rules.js';
import type { PublicJobCriteria } from './public-job-conditions.js';

/** Converts a parsed filter to criteria for the store: slugs of terms are resolved to ids. */
export async function toJobCriteria(store: JobsContext['store'], filter: ParsedJobFilter): Promise<PublicJobCriteria> {
  const [projectTypeIds, genreIds, audienceIds] = await Promise.all([
    termIdsBySlug(store, TaxonomyCategory.PROJECT_TYPE, filter.projectTypes),
    termIdsBySlug(store, TaxonomyCategory.GENRE, filter.genres),
    termIdsBySlug(store, TaxonomyCategory.AUDIENCE, filter.audiences),
  ]);
  return { words: filter.search, showSlug: filter.showSlug, projectTypeIds, genreIds, audienceIds };
}
