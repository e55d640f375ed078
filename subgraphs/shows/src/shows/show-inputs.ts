import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({
  description: 'Narrows a list of shows. All parts must fit; a part that is null or blank does not narrow.',
})
export class ShowFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: 'true: with DRM, ordered by episodeCount and slug; false: without.',
  })
  drm?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'At least so many episodes.' })
  minEpisodes?: number | null;

  @Field(() => Int, { nullable: true, description: 'At most so many episodes.' })
  maxEpisodes?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Words of the title, or their beginnings, without regard to case and accents; all must be there.',
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'Without regard to case and accents.' })
  genre?: string | null;

  @Field(() => String, { nullable: true, description: 'Without regard to case and accents.' })
  country?: string | null;
}

@InputType()
export class ShowImageInput {
  @Field(() => String, { nullable: true, description: 'An http or https address.' })
  showImage?: string | null;
}

@InputType()
export class SeasonInput {
  @Field(() => String, { nullable: true, description: 'Like `show/x/season/1` or `show/x`.' })
  slug?: string | null;
}

@InputType()
export class NextEpisodeInput {
  @Field(() => String, { nullable: true })
  channel?: string | null;

  @Field(() => String, { nullable: true, description: 'An http or https address. Required.' })
  channelLogo?: string | null;

  @Field(() => String, { nullable: true, description: 'RFC 3339; null or blank while no time is announced.' })
  date?: string | null;

  @Field(() => String, { nullable: true, description: 'Only text, simple marks and web links are kept of it.' })
  html?: string | null;

  @Field(() => String, { nullable: true, description: 'An http or https address. Required.' })
  url?: string | null;
}

@InputType()
abstract class ShowValuesInput {
  @Field(() => String, { nullable: true, description: '1 to 120 characters. Every show has one.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 50 characters.' })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 50 characters.' })
  genre?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 50 characters.' })
  language?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 50 characters.' })
  tvChannel?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'false when absent.' })
  drm?: boolean | null;

  @Field(() => Int, { nullable: true, description: '0 when absent.' })
  episodeCount?: number | null;

  @Field(() => ShowImageInput, { nullable: true })
  image?: ShowImageInput | null;

  @Field(() => String, { nullable: true, description: 'A colour like `#ff7800`.' })
  primaryColour?: string | null;

  @Field(() => [SeasonInput], { nullable: true })
  seasons?: SeasonInput[] | null;

  @Field(() => NextEpisodeInput, { nullable: true })
  nextEpisode?: NextEpisodeInput | null;
}

@InputType({
  description:
    'A show as partners send it. Values are checked item by item: a bad one makes that item a ShowInvalid and no other.',
})
export class ShowInput extends ShowValuesInput {
  @Field(() => String, { nullable: true, description: 'Like `show/x`, of a-z, 0-9 and -. Every show has one.' })
  slug?: string | null;
}

@InputType()
export class ImportShowsInput {
  @Field(() => [ShowInput], { description: '1 to 1000 shows.' })
  payload!: ShowInput[];
}

@InputType({ description: 'What is absent stays as it is; null takes a value away.' })
export class UpdateShowInput extends ShowValuesInput {
  @Field(() => ID)
  slug!: string;
}

@InputType()
export class DeleteShowInput {
  @Field(() => ID)
  slug!: string;
}
