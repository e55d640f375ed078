import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { facetsDescription, TermFacet, toTermFacets } from '../facets/facet-model.js';
import { FreelancerConnection } from './profile-model.js';

@ObjectType({ description: 'The number of freelancer profiles in a list for each value of its filters.' })
export class FreelancerFacets {
  @Field(() => [TermFacet], { description: 'By audience, for `FreelancerFilter.audiences`.' })
  audiences!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By style, for `FreelancerFilter.styles`.' })
  styles!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By genre, for `FreelancerFilter.genres`.' })
  genres!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By motif, for `FreelancerFilter.imageTags`.' })
  imageTags!: TermFacet[];
}

@Resolver(() => FreelancerConnection)
export class FreelancerFacetsResolver {
  @FieldResolver(() => FreelancerFacets, { nullable: true, description: facetsDescription('freelancers') })
  async facets(
    @Root() { countFacets }: FreelancerConnection,
    @Ctx() { loaders }: JobsContext,
  ): Promise<FreelancerFacets | null> {
    const counts = await countFacets?.();
    if (!counts) return null;
    const [audiences, styles, genres, imageTags] = await Promise.all(
      ['audienceIds', 'styleIds', 'genreIds', 'imageTagIds'].map((name) => toTermFacets(loaders, counts[name])),
    );
    return { audiences: audiences ?? [], styles: styles ?? [], genres: genres ?? [], imageTags: imageTags ?? [] };
  }
}
