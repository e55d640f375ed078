import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Show } from './show-model.js';
import type { ShowRow } from './show-row.js';

@InputType({ description: 'The images of a show.' })
export class ShowImageInput {
  @Field(() => String, { nullable: true, description: 'The address of the wide title image, http or https. Required.' })
  showImage?: string | null;
}

@InputType({ description: 'A season of a show.' })
export class SeasonInput {
  @Field(() => String, {
    nullable: true,
    description: 'The slug of the season, for example `show/x/season/1`, or `show/x`. Required.',
  })
  slug?: string | null;
}

@InputType({ description: 'When and where the next episode of a show is broadcast.' })
export class NextEpisodeInput {
  @Field(() => String, { nullable: true, description: 'The name of the channel, up to 50 characters.' })
  channel?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The address of the logo of the channel, http or https. Required.',
  })
  channelLogo?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'When the episode is broadcast, in RFC 3339. Null or blank while no time is announced.',
  })
  date?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'An announcement as HTML, up to 5000 characters. Everything but text, paragraphs, lists, simple formatting and ' +
      'http(s) links is removed.',
  })
  html?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The address of the page about the episode, http or https. Required.',
  })
  url?: string | null;
}

@InputType()
export abstract class ShowValuesInput {
  @Field(() => String, { nullable: true, description: 'The title: 1 to 120 characters. Cannot be cleared.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'A short description: up to 500 characters.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: 'The country of origin: up to 50 characters.' })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'The genre: up to 50 characters.' })
  genre?: string | null;

  @Field(() => String, { nullable: true, description: 'The spoken language: up to 50 characters.' })
  language?: string | null;

  @Field(() => String, { nullable: true, description: 'The channel that broadcasts the show: up to 50 characters.' })
  tvChannel?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its streams are protected by DRM. Null means false.' })
  drm?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of episodes that can be watched now, at least 0. Null means 0.',
  })
  episodeCount?: number | null;

  @Field(() => ShowImageInput, { nullable: true, description: 'The images of the show.' })
  image?: ShowImageInput | null;

  @Field(() => String, {
    nullable: true,
    description: 'The brand colour as 3, 6 or 8 hexadecimal digits, for example `#ff7800`.',
  })
  primaryColour?: string | null;

  @Field(() => [SeasonInput], { nullable: true, description: 'The seasons, up to 100. Null means none.' })
  seasons?: SeasonInput[] | null;

  @Field(() => NextEpisodeInput, { nullable: true, description: 'The next episode.' })
  nextEpisode?: NextEpisodeInput | null;
}

@InputType({ description: 'The values of a show to change. Omitted fields keep their value; null removes a value.' })
export class UpdateShowInput extends ShowValuesInput {
  @Field(() => ID, { description: 'The slug of the show to change.' })
  slug!: string;
}

@ObjectType({ description: 'The result of `updateShow`.' })
export class UpdateShowPayload {
  @Field(() => Show, { description: 'The show after the change.' })
  show!: ShowRow;
}

@InputType({ description: 'The show to delete.' })
export class DeleteShowInput {
  @Field(() => ID, { description: 'The slug of the show.' })
  slug!: string;
}

@ObjectType({ description: 'The result of `deleteShow`.' })
export class DeleteShowPayload {
  @Field(() => ID, { description: 'The slug of the deleted show, which can be used for a new show.' })
  slug!: string;
}
