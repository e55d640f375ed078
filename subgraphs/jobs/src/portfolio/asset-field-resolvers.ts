import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { Media } from '../entity-stubs.js';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { profileIfVisible } from '../profiles/profile-visibility-rules.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { PortfolioAsset } from './portfolio-model.js';

@Resolver(() => PortfolioAsset)
export class AssetFieldResolver {
  @FieldResolver(() => Media, { nullable: true, description: 'The uploaded file. Null for VIDEO and LINK.' })
  media(@Root() { mediaId }: PortfolioAsset): Media | null {
    return mediaId === null ? null : { id: mediaId };
  }

  @FieldResolver(() => FreelancerProfile, {
    nullable: true,
    description: 'The profile whose portfolio contains the asset. Null if the caller may not see it.',
  })
  async profile(
    @Root() { profileId }: PortfolioAsset,
    @Ctx() { caller, loaders }: JobsContext,
  ): Promise<FreelancerProfile | null> {
    return profileIfVisible(caller, await loaders.profile.load(profileId));
  }

  @FieldResolver(() => [TaxonomyTerm], {
    description: 'Up to 20 terms of the categories IMAGE_TAG, STYLE and GENRE.',
  })
  tags(@Root() { tagIds }: PortfolioAsset, @Ctx() context: JobsContext): TaxonomyTerm[] | Promise<TaxonomyTerm[]> {
    return loadTerms(context, tagIds);
  }
}
