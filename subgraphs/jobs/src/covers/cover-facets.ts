import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { facetsDescription, TermFacet, toTermFacets } from '../facets/facet-model.js';
import { CoverConnection } from './cover-model.js';

@ObjectType({ description: 'The number of book covers in a list for each value of its filters.' })
export class CoverFacets {
  @Field(() => [TermFacet], { description: 'By genre, for `CoverFilter.genres`.' })
  genres!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By audience, for `CoverFilter.audiences`.' })
  audiences!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By motif, for `CoverFilter.visualTags`.' })
  visualTags!: TermFacet[];
}

@Resolver(() => CoverConnection)
export class CoverFacetsResolver {
  @FieldResolver(() => CoverFacets, { nullable: true, description: facetsDescription('book covers') })
  async facets(@Root() { countFacets }: CoverConnection, @Ctx() { loaders }: JobsContext): Promise<CoverFacets | null> {
    const counts = await countFacets?.();
    if (!counts) return null;
    const [genres, audiences, visualTags] = await Promise.all(
      ['genreIds', 'audienceIds', 'visualTagIds'].map((name) => toTermFacets(loaders, counts[name])),
    );
    return { genres: genres ?? [], audiences: audiences ?? [], visualTags: visualTags ?? [] };
  }
}
