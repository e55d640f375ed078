import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { Media } from '../entity-stubs.js';
import { requireOneKey } from '../input/input-values.js';
import { parseSortedPage, toSortedConnection } from '../paging/sorted-connection.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { profileIfVisible } from '../profiles/profile-visibility-rules.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { TaxonomyCategory, TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { termIdsBySlug } from '../taxonomy/taxonomy-slugs.js';
import { CoversArgs, CoverSort } from './cover-inputs.js';
import { BookCover, CoverConnection, CoverContributor } from './cover-model.js';
import { coverOrders } from './cover-orders.js';
import { type ParsedCoverFilter, parseCoverFilter, parseRelatedCount } from './cover-rules.js';
import type { CoverCriteria } from './cover-store.js';

@Resolver(() => BookCover)
export class CoverResolver {
  @Query(() => CoverConnection, { description: 'Book covers. Public.' })
  async covers(@Ctx() { store }: JobsContext, @Args(() => CoversArgs) args: CoversArgs): Promise<CoverConnection> {
    const list = { orders: coverOrders, sort: args.sort ?? CoverSort.NEWEST, filter: parseCoverFilter(args.filter) };
    const page = parseSortedPage(args, list);
    const criteria = await toCoverCriteria(store, list.filter);
    const connection = toSortedConnection(await store.covers.list(criteria, page), page, list);
    if (criteria.words !== null) return connection;
    return {
      ...connection,
      count: () => store.covers.count(criteria),
      countFacets: () => store.covers.countFacets(criteria),
    };
  }

  @Query(() => BookCover, {
    nullable: true,
    description:
      'A book cover by id or by slug, exactly one of which must be given. Public. Null if it does not exist.',
  })
  async cover(
    @Ctx() { loaders }: JobsContext,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the cover.' }) id?: string | null,
    @Arg('slug', () => String, { nullable: true, description: 'Slug of the cover.' }) slug?: string | null,
  ): Promise<BookCover | null> {
    const { by, value } = requireOneKey(id, slug);
    return (by === 'id' ? loaders.cover : loaders.coverBySlug).load(value);
  }

  @FieldResolver(() => Media, {
    nullable: true,
    description: 'Image of the cover. Null if the file no longer exists, or cannot be loaded at the moment.',
  })
  image(@Root() { imageId }: BookCover): Media {
    return { id: imageId };
  }

  @FieldResolver(() => [TaxonomyTerm], { description: 'Genres of the book, up to 20.' })
  genres(@Root() { genreIds }: BookCover, @Ctx() context: JobsContext): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, genreIds);
  }

  @FieldResolver(() => [TaxonomyTerm], { description: 'Audiences of the book, up to 20.' })
  audiences(@Root() { audienceIds }: BookCover, @Ctx() context: JobsContext): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, audienceIds);
  }

  @FieldResolver(() => [TaxonomyTerm], {
    description: 'Motifs on the cover: up to 20 terms of the category IMAGE_TAG.',
  })
  visualTags(
    @Root() { visualTagIds }: BookCover,
    @Ctx() context: JobsContext,
  ): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, visualTagIds);
  }

  @FieldResolver(() => [CoverContributor], {
    description: 'Up to 20 people who worked on the cover, in the order to credit them.',
  })
  contributors(@Root() { id }: BookCover, @Ctx() { loaders }: JobsContext): Promise<CoverContributor[]> {
    return loaders.contributorsOf.load({ parent: id, page: null });
  }

  @FieldResolver(() => [BookCover], {
    description: 'Covers that share the most terms with this one, most similar first.',
  })
  async related(
    @Root() { id }: BookCover,
    @Ctx() { loaders }: JobsContext,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: 6,
      description: 'Maximum number of covers, 1 to 24. BAD_USER_INPUT for other values.',
    })
    first: number | null,
  ): Promise<BookCover[]> {
    const related = await loaders.relatedTo.load({ parent: id, page: parseRelatedCount(first ?? 6) });
    const covers = await Promise.all(related.map(({ relatedId }) => loaders.cover.load(relatedId)));
    return covers.filter((cover) => cover !== null);
  }
}

/** Converts a parsed filter to criteria for the store: slugs of terms are resolved to ids. */
async function toCoverCriteria(store: JobsContext['store'], filter: ParsedCoverFilter): Promise<CoverCriteria> {
  const [genreIds, audienceIds, visualTagIds] = await Promise.all([
    termIdsBySlug(store, TaxonomyCategory.GENRE, filter.genres),
    termIdsBySlug(store, TaxonomyCategory.AUDIENCE, filter.audiences),
    termIdsBySlug(store, TaxonomyCategory.IMAGE_TAG, filter.visualTags),
  ]);
  return { words: filter.search, genreIds, audienceIds, visualTagIds };
}

@Resolver(() => CoverContributor)
export class ContributorResolver {
  @FieldResolver(() => FreelancerProfile, {
    nullable: true,
    description: 'Freelancer profile of the person. Null if they have none or the caller may not see it.',
  })
  async freelancer(
    @Root() { profileId }: CoverContributor,
    @Ctx() { caller, loaders }: JobsContext,
  ): Promise<FreelancerProfile | null> {
    return profileId === null ? null : profileIfVisible(caller, await loaders.profile.load(profileId));
  }
}
