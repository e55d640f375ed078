import type { JobsContext } from '../context.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import type { FreelancerNarrowing } from './freelancer-list-rules.js';
import type { ListedFreelancers } from './freelancer-filter-store.js';

/** What the store narrows by: slugs have become ids, and what is the caller's own is named. */
export async function listedFreelancers(
  { store, caller }: JobsContext,
  narrowing: FreelancerNarrowing,
): Promise<ListedFreelancers> {
  const ids = (category: TaxonomyCategory, slugs: readonly string[] | null) =>
    slugs === null ? null : store.terms.bySlugs(category, slugs).then((terms) => terms.map(({ id }) => id));
  const [audienceIds, styleIds, genreIds, imageTagIds] = await Promise.all([
    ids(TaxonomyCategory.AUDIENCE, narrowing.audiences),
    ids(TaxonomyCategory.STYLE, narrowing.styles),
    ids(TaxonomyCategory.GENRE, narrowing.genres),
    ids(TaxonomyCategory.IMAGE_TAG, narrowing.imageTags),
  ]);
  return {
    words: narrowing.search,
    ...{ audienceIds, styleIds, genreIds, imageTagIds },
    place: narrowing.location,
    usesAi: narrowing.usesAi ?? null,
    hasAgent: narrowing.hasAgent ?? null,
    favoriteOf: narrowing.favoritesOnly && caller.kind === 'user' ? caller.id : null,
    folderId: narrowing.folderId ?? null,
  };
}
