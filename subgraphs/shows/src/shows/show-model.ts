import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLDateTime, GraphQLHexColorCode, GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { ForReadersAndWriters } from './access-rules.js';
import type { ShowRow } from './show-row.js';

@Directive('@broadcast')
@ObjectType({ description: 'Pictures of a show.' })
export class ShowImage {
  @Field(() => GraphQLURL, { description: 'The wide title picture.' })
  showImage!: string;
}

@Directive('@broadcast')
@ObjectType()
export class Season {
  @Field(() => String, { description: 'Like `show/x/season/1`; `show/x` for a show without seasons.' })
  slug!: string;
}

@Directive('@broadcast')
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
@ForReadersAndWriters
@ObjectType({ description: 'A TV show of the catalogue.' })
export class Show {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'What the show is known by everywhere, like `show/16kidsandcounting`.' })
  slug!: string;

  @Directive('@broadcast')
  @Field(() => String)
  title!: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  description?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  country?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  genre?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  language?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'The channel that shows it.' })
  tvChannel?: string;

  @Directive('@broadcast')
  @Field(() => Boolean, { description: 'Whether streams of it are protected by digital rights management.' })
  drm!: boolean;

  @Directive('@broadcast')
  @Field(() => Int, { description: 'Episodes that can be watched now.' })
  episodeCount!: number;

  @Directive('@broadcast')
  @Field(() => ShowImage, { nullable: true })
  image?: ShowImage;

  @Directive('@broadcast')
  @Field(() => GraphQLHexColorCode, { nullable: true, description: 'The colour that its pages are painted with.' })
  primaryColour?: string;

  @Directive('@broadcast')
  @Field(() => [Season])
  seasons!: Season[];

  @Directive('@broadcast')
  @Field(() => NextEpisode, { nullable: true })
  nextEpisode?: NextEpisode;
}

export const ShowConnection = defineConnection<ShowRow>('Show', () => Show);
export type ShowConnection = Connection<ShowRow>;
