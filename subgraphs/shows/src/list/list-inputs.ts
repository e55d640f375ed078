import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { ArgsType, Field, InputType, Int, registerEnumType } from 'type-graphql';

@InputType({
  description: 'Limits a list of shows. A show must match every field; a null or blank field matches all shows.',
})
export class ShowFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: 'True: only shows with DRM, ordered by `episodeCount` and then `slug`. False: only shows without.',
  })
  drm?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'The minimum number of episodes, at least 0.' })
  minEpisodes?: number | null;

  @Field(() => Int, { nullable: true, description: 'The maximum number of episodes, at least `minEpisodes`.' })
  maxEpisodes?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Up to 10 words or beginnings of words that must all occur in the title, in any order. Ignores case and accents. ' +
      'At most 120 characters.',
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'The whole genre. Ignores case and accents.' })
  genre?: string | null;

  @Field(() => String, { nullable: true, description: 'The whole country. Ignores case and accents.' })
  country?: string | null;
}

export enum ShowSort {
  SLUG = 'SLUG',
  FEWEST_EPISODES = 'FEWEST_EPISODES',
  MOST_EPISODES = 'MOST_EPISODES',
  ALPHABETICAL = 'ALPHABETICAL',
  REVERSE_ALPHABETICAL = 'REVERSE_ALPHABETICAL',
}
registerEnumType(ShowSort, {
  name: 'ShowSort',
  description: 'Sort order of a list of shows.',
  valuesConfig: {
    SLUG: { description: 'By `slug` from A to Z.' },
    FEWEST_EPISODES: { description: 'By `episodeCount` in ascending order, and then by `slug`.' },
    MOST_EPISODES: { description: 'By `episodeCount` in descending order: FEWEST_EPISODES in reverse.' },
    ALPHABETICAL: { description: 'By title from A to Z, without regard to case, accents and punctuation.' },
    REVERSE_ALPHABETICAL: { description: 'By title from Z to A: ALPHABETICAL in reverse.' },
  },
});

@ArgsType()
export class ShowsArgs extends PageArgs {
  @Field(() => ShowFilter, { nullable: true, description: 'Only shows that match. All shows if omitted.' })
  filter?: ShowFilter | null;

  @Field(() => ShowSort, {
    nullable: true,
    description:
      'Sort order. If omitted, FEWEST_EPISODES with `drm: true` or when only the number of episodes is limited, otherwise SLUG. ' +
      'A cursor is only valid in the order that it came from. The orders by title are UPSTREAM_UNAVAILABLE with ' +
      '`retryAfterSeconds` until the service has indexed the titles of all shows, once after an update.',
  })
  sort?: ShowSort | null;
}
