import { CacheControl } from '@marquee/chassis/graphql/cache-hints';
import { Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { cacheSeconds } from '../shows/show-cache.js';
import { ShowConnection } from '../shows/show-model.js';
import { facetSeconds, maxFaceted, maxFacetValues, type ShowCounts } from './facet-store.js';

/** A page of a list whose facets can be counted. */
export type ShowListConnection = ShowConnection & { countFacets?: () => Promise<ShowCounts> };

@ObjectType({ description: 'The number of shows in a list that have a value.' })
export class ShowFacet {
  @Field(() => String, { description: 'The value, as `ShowFilter` accepts it.' })
  value!: string;

  @Field(() => Int, { description: 'The number of shows with the value, 1 or more.' })
  count!: number;
}

@ObjectType({ description: 'The number of shows in a list for each value of its filters.' })
export class ShowFacets {
  @CacheControl({ inheritMaxAge: true })
  @Field(() => [ShowFacet], { description: 'By genre, for `ShowFilter.genre`.' })
  genres!: readonly ShowFacet[];

  @CacheControl({ inheritMaxAge: true })
  @Field(() => [ShowFacet], { description: 'By country, for `ShowFilter.country`.' })
  countries!: readonly ShowFacet[];

  @Field(() => Int, { description: 'Shows with DRM, for `ShowFilter.drm`.' })
  withDrm!: number;

  @Field(() => Int, { description: 'Shows without DRM, for `ShowFilter.drm`.' })
  withoutDrm!: number;

  @Field(() => Boolean, {
    description: 'Whether all shows of the list were counted. Otherwise there are at least as many with each value.',
  })
  isComplete!: boolean;
}

@Resolver(() => ShowConnection)
export class ShowFacetsResolver {
  @CacheControl({ inheritMaxAge: true })
  @FieldResolver(() => ShowFacets, {
    nullable: true,
    description:
      `The number of shows for each value of the filters, for a menu of filters: up to ${maxFacetValues} values each, the ` +
      'most frequent first. The counts of a filter ignore the filter itself and apply all others. They cover up to ' +
      `${maxFaceted.toLocaleString('en')} shows and are up to ${facetSeconds + cacheSeconds} seconds old.`,
  })
  facets(@Root() { countFacets }: ShowListConnection): Promise<ShowFacets> | null {
    return countFacets?.() ?? null;
  }
}
