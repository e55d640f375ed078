import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { termsOf } from '../loaders/terms.js';
import { Media } from '../model/media.js';
import { PortfolioAsset } from '../model/portfolio-asset.js';
import { TaxonomyTerm } from '../model/taxonomy-term.js';

@Resolver(() => PortfolioAsset)
export class AssetFieldResolver {
  @FieldResolver(() => Media, { nullable: true })
  media(@Root() { mediaId }: PortfolioAsset): Media | null {
    return mediaId === null ? null : { id: mediaId };
  }

  @FieldResolver(() => [TaxonomyTerm])
  tags(@Root() { tagIds }: PortfolioAsset, @Ctx() { loaders }: JobsContext): Promise<TaxonomyTerm[]> {
    return termsOf(loaders, tagIds);
  }
}
