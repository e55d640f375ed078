import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { isStaff } from '../access.js';
import type { JobsContext } from '../context.js';
import { Media, User } from '../entity-stubs.js';
import { PortfolioAsset } from '../portfolio/portfolio-model.js';
import { canSeeAsset } from '../portfolio/portfolio-rules.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { FreelancerInternals, FreelancerOwnDetails } from './profile-internals-model.js';
import { FreelancerProfile } from './profile-model.js';
import { ProfileAction } from './profile-status.js';
import { isOwner, validProfileActions } from './profile-visibility-rules.js';

@Resolver(() => FreelancerProfile)
export class FreelancerFieldResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'User whose profile this is. Null only if the user cannot be loaded at the moment.',
  })
  owner(@Root() { ownerId }: FreelancerProfile): User {
    return { id: ownerId };
  }

  @FieldResolver(() => [TaxonomyTerm], { description: 'Audiences that the freelancer works for, up to 10.' })
  audiences(
    @Root() { audienceIds }: FreelancerProfile,
    @Ctx() context: JobsContext,
  ): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, audienceIds);
  }

  @FieldResolver(() => [TaxonomyTerm], { description: 'Techniques and styles of the freelancer, up to 15.' })
  styles(
    @Root() { styleIds }: FreelancerProfile,
    @Ctx() context: JobsContext,
  ): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, styleIds);
  }

  @FieldResolver(() => [TaxonomyTerm], { description: 'Genres that the freelancer works in, up to 20.' })
  genres(
    @Root() { genreIds }: FreelancerProfile,
    @Ctx() context: JobsContext,
  ): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, genreIds);
  }

  @FieldResolver(() => [TaxonomyTerm], { description: 'Motifs that the freelancer is known for, up to 30.' })
  imageTags(
    @Root() { imageTagIds }: FreelancerProfile,
    @Ctx() context: JobsContext,
  ): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, imageTagIds);
  }

  @FieldResolver(() => Media, {
    nullable: true,
    description: 'Picture of the freelancer. Null if not given or no longer there.',
  })
  avatar(@Root() { avatarId }: FreelancerProfile): Media | null {
    return avatarId === null ? null : { id: avatarId };
  }

  @FieldResolver(() => Media, {
    nullable: true,
    description: 'Curriculum vitae. Null if not given or no longer there.',
  })
  resume(@Root() { resumeId }: FreelancerProfile): Media | null {
    return resumeId === null ? null : { id: resumeId };
  }

  @FieldResolver(() => [PortfolioAsset], {
    description:
      'Assets of the portfolio, up to 20, in the order that the owner chose. The owner, reviewers and admins see all of ' +
      'them. Other callers see approved PUBLIC assets, and hiring users approved INTERNAL assets too.',
  })
  async portfolio(@Root() profile: FreelancerProfile, @Ctx() { caller, loaders }: JobsContext) {
    const assets = await loaders.portfolioOf.load({ parent: profile.id, page: null });
    return assets.filter((asset) => canSeeAsset(caller, profile, asset));
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the profile is a favourite of the caller; see `setFavorite`. False for guests and machine clients.',
  })
  async isFavorite(@Root() { id }: FreelancerProfile, @Ctx() { loaders }: JobsContext): Promise<boolean> {
    return (await loaders.favorite.load(id)) !== null;
  }

  @FieldResolver(() => FreelancerInternals, {
    nullable: true,
    description: 'Data for hiring users, reviewers and admins. Null for any other caller, including the owner.',
  })
  internal(@Root() profile: FreelancerProfile, @Ctx() { caller }: JobsContext): FreelancerInternals | null {
    return isStaff(caller) ? { ...profile, profile } : null;
  }

  @FieldResolver(() => FreelancerOwnDetails, {
    nullable: true,
    description: 'Data for the owner of the profile. Null for any other caller.',
  })
  ownDetails(@Root() profile: FreelancerProfile, @Ctx() { caller }: JobsContext): FreelancerOwnDetails | null {
    return isOwner(caller, profile) ? profile : null;
  }

  @FieldResolver(() => [ProfileAction], {
    description: 'Actions that the caller can perform on the profile now with `actOnFreelancerProfile`.',
  })
  validActions(@Root() profile: FreelancerProfile, @Ctx() { caller }: JobsContext): ProfileAction[] {
    return validProfileActions(caller, profile);
  }
}
