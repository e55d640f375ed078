import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { loadTerms } from '../taxonomy/taxonomy-loaders.js';
import { PortfolioAsset } from './portfolio-model.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { Media } from '../entity-stubs.js';

@Resolver(() => PortfolioAsset)
export class AssetFieldResolver {
  @FieldResolver(() => Media, { nullable: true })
  media(@Root() { mediaId }: PortfolioAsset): Media | null {
    return mediaId === null ? null : { id: mediaId };
  }

  @FieldResolver(() => [TaxonomyTerm])
  tags(@Root() { tagIds }: PortfolioAsset, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return loadTerms(loaders, tagIds);
  }
}
