import { Field, InputType, Int } from 'type-graphql';

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
