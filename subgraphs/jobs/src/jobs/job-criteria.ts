import type { JobsContext } from '../context.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { idsOfSlugs } from '../taxonomy/taxonomy-slugs.js';
import type { JobNarrowing } from './job-filter-rules.js';
import type { PublicJobs } from './public-job-store.js';

/** Converts a parsed filter to criteria for the store: slugs of terms are resolved to ids. */
export async function byTermIds(store: JobsContext['store'], filter: JobNarrowing): Promise<PublicJobs> {
  const [projectTypeIds, genreIds, audienceIds] = await Promise.all([
    idsOfSlugs(store, TaxonomyCategory.PROJECT_TYPE, filter.projectTypes),
    idsOfSlugs(store, TaxonomyCategory.GENRE, filter.genres),
    idsOfSlugs(store, TaxonomyCategory.AUDIENCE, filter.audiences),
  ]);
  return { words: filter.search, showSlug: filter.showSlug, projectTypeIds, genreIds, audienceIds };
}
