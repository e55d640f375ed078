import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { Media } from '../entity-stubs.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { PortfolioAsset } from './portfolio-model.js';

@Resolver(() => PortfolioAsset)
export class AssetFieldResolver {
  @FieldResolver(() => Media, { nullable: true, description: 'The uploaded file. Null for VIDEO and LINK.' })
  media(@Root() { mediaId }: PortfolioAsset): Media | null {
    return mediaId === null ? null : { id: mediaId };
  }

  @FieldResolver(() => [TaxonomyTerm], {
    description: 'Up to 20 terms of the categories IMAGE_TAG, STYLE and GENRE.',
  })
  tags(@Root() { tagIds }: PortfolioAsset, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, tagIds);
  }
}
