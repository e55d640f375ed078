import { connectionOf, type Connection } from '@marquee/chassis/paging/connection';
import { GraphQLDateTime, GraphQLHexColorCode, GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { ShowRow } from '../store/show-row.js';

@ObjectType({ description: 'Pictures of a show.' })
export class ShowImage {
  @Field(() => GraphQLURL, { description: 'The wide title picture.' })
  showImage!: string;
}

@ObjectType()
export class Season {
  @Field(() => String, { description: 'Like `show/x/season/1`; `show/x` for a show without seasons.' })
  slug!: string;
}

@ObjectType({ description: 'When and where a show goes on.' })
export class NextEpisode {
  @Field(() => String, { nullable: true })
  channel!: string | null;

  @Field(() => GraphQLURL)
  channelLogo!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Null while no time is announced.' })
  date!: string | null;

  @Field(() => String, { description: 'Safe to embed: text, simple marks and web links; anything else was taken out.' })
  html!: string;

  @Field(() => GraphQLURL)
  url!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "slug")')
@ObjectType({ description: 'A TV show of the catalogue.' })
export class Show {
  @Field(() => ID, { description: 'What the show is known by everywhere, like `show/16kidsandcounting`.' })
  slug!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => String, { nullable: true })
  country?: string;

  @Field(() => String, { nullable: true })
  genre?: string;

  @Field(() => String, { nullable: true })
  language?: string;

  @Field(() => String, { nullable: true, description: 'The channel that shows it.' })
  tvChannel?: string;

  @Field(() => Boolean, { description: 'Whether streams of it are protected by digital rights management.' })
  drm!: boolean;

  @Field(() => Int, { description: 'Episodes that can be watched now.' })
  episodeCount!: number;

  @Field(() => ShowImage, { nullable: true })
  image?: ShowImage;

  @Field(() => GraphQLHexColorCode, { nullable: true, description: 'The colour that its pages are painted with.' })
  primaryColour?: string;

  @Field(() => [Season])
  seasons!: Season[];

  @Field(() => NextEpisode, { nullable: true })
  nextEpisode?: NextEpisode;
}

export const ShowConnection = connectionOf<ShowRow>('Show', () => Show);
export type ShowConnection = Connection<ShowRow>;
