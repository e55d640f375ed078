import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { Show } from '../entity-stubs.js';
import { facetsDescription, TermFacet, toTermFacets } from '../facets/facet-model.js';
import { JobConnection } from './job-model.js';

@ObjectType({ description: 'The number of jobs in a list that are for a show.' })
export class ShowJobsFacet {
  @Field(() => Show, {
    nullable: true,
    description: 'The show. Null if it has been deleted, or cannot be loaded at the moment.',
  })
  show!: Show | null;

  @Field(() => Int, { description: 'The number of jobs for the show, 1 or more.' })
  count!: number;
}

@ObjectType({ description: 'The number of jobs in a list for each value of its filters.' })
export class JobFacets {
  @Field(() => [TermFacet], { description: 'By kind of work, for `JobFilter.projectTypes`.' })
  projectTypes!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By genre, for `JobFilter.genres`.' })
  genres!: TermFacet[];

  @Field(() => [TermFacet], { description: 'By audience, for `JobFilter.audiences`.' })
  audiences!: TermFacet[];

  @Field(() => [ShowJobsFacet], { description: 'By show, for `JobFilter.showSlug`.' })
  shows!: ShowJobsFacet[];
}

@Resolver(() => JobConnection)
export class JobFacetsResolver {
  @FieldResolver(() => JobFacets, { nullable: true, description: facetsDescription('jobs') })
  async facets(@Root() { countFacets }: JobConnection, @Ctx() { loaders }: JobsContext): Promise<JobFacets | null> {
    const counts = await countFacets?.();
    if (!counts) return null;
    const [projectTypes, genres, audiences] = await Promise.all(
      ['projectTypes', 'genres', 'audiences'].map((name) => toTermFacets(loaders, counts[name])),
    );
    const shows = (counts['shows'] ?? []).map(({ value, count }) => ({ show: { slug: value }, count }));
    return { projectTypes: projectTypes ?? [], genres: genres ?? [], audiences: audiences ?? [], shows };
  }
}
