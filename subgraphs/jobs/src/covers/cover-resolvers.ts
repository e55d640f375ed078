import { badInput } from '@marquee/chassis/errors/errors';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { BookCover, CoverConnection, CoverContributor } from './cover-model.js';
import { CoverFilter } from './cover-inputs.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { TaxonomyCategory, TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { parseCoverFilter, parseRelatedCount } from './cover-rules.js';
import { profileIfVisible } from '../profiles/profile-visibility-rules.js';
import { toIdConnection, parseIdPage } from '../paging/id-connection.js';
import { termIdsBySlug } from '../taxonomy/taxonomy-slugs.js';
import { Media } from '../entity-stubs.js';

@Resolver(() => BookCover)
export class CoverResolver {
  @Query(() => CoverConnection, { description: 'The last added first.' })
  async covers(
    @Ctx() { store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => CoverFilter, { nullable: true }) filter?: CoverFilter | null,
  ): Promise<Connection<BookCover>> {
    const page = parseIdPage(args);
    const { search, genres, audiences, visualTags } = parseCoverFilter(filter);
    const [genreIds, audienceIds, visualTagIds] = await Promise.all([
      termIdsBySlug(store, TaxonomyCategory.GENRE, genres),
      termIdsBySlug(store, TaxonomyCategory.AUDIENCE, audiences),
      termIdsBySlug(store, TaxonomyCategory.IMAGE_TAG, visualTags),
    ]);
    return toIdConnection(
      await store.covers.listed({ words: search, genreIds, audienceIds, visualTagIds }, page),
      page,
    );
  }

  @Query(() => BookCover, { nullable: true, description: 'A cover by exactly one of id and slug.' })
  async cover(
    @Ctx() { loaders }: JobsContext,
    @Arg('id', () => ID, { nullable: true }) id?: string | null,
    @Arg('slug', () => String, { nullable: true }) slug?: string | null,
  ): Promise<BookCover | null> {
    if (typeof id === 'string' && typeof slug !== 'string') return loaders.cover.load(id);
    if (typeof slug === 'string' && typeof id !== 'string') return loaders.coverBySlug.load(slug);
    throw badInput({ path: 'id', message: 'give exactly one of id and slug' });
  }

  @FieldResolver(() => Media)
  image(@Root() { imageId }: BookCover): Media {
    return { id: imageId };
  }

  @FieldResolver(() => [TaxonomyTerm])
  genres(@Root() { genreIds }: BookCover, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, genreIds);
  }

  @FieldResolver(() => [TaxonomyTerm])
  audiences(@Root() { audienceIds }: BookCover, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, audienceIds);
  }

  @FieldResolver(() => [TaxonomyTerm])
  visualTags(@Root() { visualTagIds }: BookCover, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, visualTagIds);
  }

  @FieldResolver(() => [CoverContributor])
  contributors(@Root() { id }: BookCover, @Ctx() { loaders }: JobsContext): Promise<CoverContributor[]> {
    return loaders.contributorsOf.load({ parent: id, page: null });
  }

  @FieldResolver(() => [BookCover], { description: 'What shares most terms with it, the most alike first; up to 24.' })
  async related(
    @Root() { id }: BookCover,
    @Ctx() { loaders }: JobsContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 6 }) first: number | null,
  ): Promise<BookCover[]> {
    const related = await loaders.relatedTo.load({ parent: id, page: parseRelatedCount(first ?? 6) });
    const covers = await Promise.all(related.map(({ relatedId }) => loaders.cover.load(relatedId)));
    return covers.filter((cover) => cover !== null);
  }
}

@Resolver(() => CoverContributor)
export class ContributorResolver {
  @FieldResolver(() => FreelancerProfile, {
    nullable: true,
    description: 'Null for a profile that the caller may not see.',
  })
  async freelancer(
    @Root() { profileId }: CoverContributor,
    @Ctx() { caller, loaders }: JobsContext,
  ): Promise<FreelancerProfile | null> {
    return profileId === null ? null : profileIfVisible(caller, await loaders.profile.load(profileId));
  }
}
