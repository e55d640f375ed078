import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { termsOf } from '../taxonomy/taxonomy-loaders.js';
import { FreelancerInternals, FreelancerOwnDetails } from './profile-internals-model.js';
import { FreelancerProfile } from './profile-model.js';
import { PortfolioAsset } from '../portfolio/portfolio-model.js';
import { ProfileAction } from './profile-status.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { User, Media } from '../entity-stubs.js';
import { maySeeAsset } from '../portfolio/portfolio-rules.js';
import { owns, profileActions } from './profile-visibility-rules.js';
import { isInternal } from '../access.js';

@Resolver(() => FreelancerProfile)
export class FreelancerFieldResolver {
  @FieldResolver(() => User)
  owner(@Root() { ownerId }: FreelancerProfile): User {
    return { id: ownerId };
  }

  @FieldResolver(() => [TaxonomyTerm])
  audiences(@Root() { audienceIds }: FreelancerProfile, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return termsOf(loaders, audienceIds);
  }

  @FieldResolver(() => [TaxonomyTerm])
  styles(@Root() { styleIds }: FreelancerProfile, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return termsOf(loaders, styleIds);
  }

  @FieldResolver(() => [TaxonomyTerm])
  genres(@Root() { genreIds }: FreelancerProfile, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return termsOf(loaders, genreIds);
  }

  @FieldResolver(() => [TaxonomyTerm])
  imageTags(@Root() { imageTagIds }: FreelancerProfile, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return termsOf(loaders, imageTagIds);
  }

  @FieldResolver(() => Media, { nullable: true })
  avatar(@Root() { avatarId }: FreelancerProfile): Media | null {
    return avatarId === null ? null : { id: avatarId };
  }

  @FieldResolver(() => Media, { nullable: true })
  resume(@Root() { resumeId }: FreelancerProfile): Media | null {
    return resumeId === null ? null : { id: resumeId };
  }

  @FieldResolver(() => [PortfolioAsset], { description: 'What the caller may see of it, in its order.' })
  async portfolio(@Root() profile: FreelancerProfile, @Ctx() { caller, loaders }: JobsContext) {
    const assets = await loaders.portfolioOf.load({ parent: profile.id, page: null });
    return assets.filter((asset) => maySeeAsset(caller, profile, asset));
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is a favourite of the caller.' })
  async isFavorite(@Root() { id }: FreelancerProfile, @Ctx() { loaders }: JobsContext): Promise<boolean> {
    return (await loaders.favorite.load(id)) !== null;
  }

  @FieldResolver(() => FreelancerInternals, {
    nullable: true,
    description: 'For hiring users, reviewers and admins; null for anyone else.',
  })
  internal(@Root() profile: FreelancerProfile, @Ctx() { caller }: JobsContext): FreelancerInternals | null {
    return isInternal(caller) ? { ...profile, profile } : null;
  }

  @FieldResolver(() => FreelancerOwnDetails, { nullable: true, description: 'For the owner; null for anyone else.' })
  ownDetails(@Root() profile: FreelancerProfile, @Ctx() { caller }: JobsContext): FreelancerOwnDetails | null {
    return owns(caller, profile) ? profile : null;
  }

  @FieldResolver(() => [ProfileAction], { description: 'What the caller can do to it now.' })
  validActions(@Root() profile: FreelancerProfile, @Ctx() { caller }: JobsContext): ProfileAction[] {
    return profileActions(caller, profile);
  }
}
